#!/bin/sh
# Gathers what an image of Vigie holds: image.sh FOLDER VIGIE LIBCHDB. FOLDER/root
# is its root, FOLDER/data what its user owns below /var/lib. The C library comes
# from the machine this runs on.
set -eu
folder=$1/root vigie=$2 library=$3
install -D "$vigie" "$folder/usr/bin/vigie"
install -D "$library" "$folder/usr/bin/libchdb.so" # it is looked for beside the binary
for needed in $(ldd "$vigie" "$library" | awk '$2 == "=>" { print $3 } $1 ~ "^/lib.*ld-" { print $1 }' | sort -u); do
	install -D "$(readlink -f "$needed")" "$folder$needed"
done
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$folder/usr/share" "$folder/etc/vigie"
cp -rL /usr/share/zoneinfo "$folder/usr/share/zoneinfo"
echo 'vigie:x:65532:65532::/var/lib/vigie:' > "$folder/etc/passwd"
install -d -m 1777 "$folder/tmp"
install -d -m 750 "$1/data/vigie"
