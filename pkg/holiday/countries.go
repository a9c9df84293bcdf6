package holiday

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// country is when people rest all over it, and the time zones that are its alone.
type country struct {
	days  []*cal.Holiday
	zones []string
}

// countries are those the library knows, by ISO 3166 code.
var countries = map[string]country{
	"ar": {ar.Holidays, []string{"America/Argentina/Buenos_Aires"}},
	"at": {at.Holidays, []string{"Europe/Vienna"}},
	"be": {be.Holidays, []string{"Europe/Brussels"}},
	"bg": {bg.Holidays, []string{"Europe/Sofia"}},
	"br": {br.Holidays, []string{"America/Sao_Paulo"}},
	"ca": {ca.Holidays, []string{"America/Toronto", "America/Montreal", "America/Winnipeg", "America/Edmonton", "America/Vancouver", "America/Halifax"}},
	"ch": {ch.Holidays, []string{"Europe/Zurich"}},
	"cz": {cz.Holidays, []string{"Europe/Prague"}},
	"de": {de.Holidays, []string{"Europe/Berlin"}},
	"dk": {dk.Holidays, []string{"Europe/Copenhagen"}},
	"es": {es.Holidays, []string{"Europe/Madrid"}},
	"fr": {fr.Holidays, []string{"Europe/Paris"}},
	"gb": {gb.Holidays, []string{"Europe/London"}},
	"gr": {gr.Holidays, []string{"Europe/Athens"}},
	"hr": {hr.Holidays, []string{"Europe/Zagreb"}},
	"ie": {ie.Holidays, []string{"Europe/Dublin"}},
	"it": {it.Holidays, []string{"Europe/Rome"}},
	"jp": {jp.Holidays, []string{"Asia/Tokyo"}},
	"lt": {lt.Holidays, []string{"Europe/Vilnius"}},
	"lv": {lv.Holidays, []string{"Europe/Riga"}},
	"mw": {mw.Holidays, []string{"Africa/Blantyre"}},
	"nc": {nc.Holidays, []string{"Pacific/Noumea"}},
	"nl": {nl.Holidays, []string{"Europe/Amsterdam"}},
	"no": {no.Holidays, []string{"Europe/Oslo"}},
	"nz": {nz.Holidays, []string{"Pacific/Auckland"}},
	"pl": {pl.Holidays, []string{"Europe/Warsaw"}},
	"ro": {ro.Holidays, []string{"Europe/Bucharest"}},
	"ru": {ru.Holidays, []string{"Europe/Moscow"}},
	"se": {se.Holidays, []string{"Europe/Stockholm"}},
	"si": {si.Holidays, []string{"Europe/Ljubljana"}},
	"sk": {sk.Holidays, []string{"Europe/Bratislava"}},
	"ua": {ua.Holidays, []string{"Europe/Kyiv"}},
	"us": {us.Holidays, []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"}},
	"za": {za.Holidays, []string{"Africa/Johannesburg"}},
}
