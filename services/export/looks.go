package export

import "github.com/xuri/excelize/v2"

// Colours: the same sentiment has the same one everywhere.
const (
	inkColor      = "1F2933"
	quietColor    = "6B7785"
	accentColor   = "12466B"
	paleColor     = "EAF1F6"
	lineColor     = "D5DCE3"
	negativeColor = "C8453B"
	neutralColor  = "B4BEC8"
	positiveColor = "3C9A5F"
	unscoredColor = "E1E6EB"
	warnFill      = "FDF1D7"
	warnColor     = "7A5200"
)

// Number formats. Signs are written where a change is shown.
const (
	countFormat        = `#,##0`
	expectedFormat     = `#,##0.0`
	shareFormat        = `0.0%`
	pointsFormat       = `+0;"−"0;0`
	countChangeFormat  = `+#,##0;"−"#,##0;0`
	shareChangeFormat  = `+0.0%;"−"0.0%;0.0%`
	pointsChangeFormat = `+0.0" pt";"−"0.0" pt";0" pt"`
)

// smallest is the least that a signed format shows: what is less is nothing, and has
// no sign.
var smallest = map[string]float64{pointsFormat: 0.5, shareChangeFormat: 0.0005, pointsChangeFormat: 0.05}

// look is how a cell looks. Equal looks share a style of the file.
type look struct {
	format string
	size   float64
	bold   bool
	italic bool
	color  string
	fill   string
	align  string
	indent int
	wrap   bool
	line   bool // a line below
	link   bool
}

func (l look) with(change func(*look)) look {
	change(&l)
	return l
}

// style makes a look's style once.
func (b *book) style(l look) int {
	if id, made := b.looks[l]; made {
		return id
	}
	style := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Bold: l.bold, Italic: l.italic, Color: inkColor},
		Alignment: &excelize.Alignment{Horizontal: l.align, Indent: l.indent, Vertical: "center", WrapText: l.wrap},
	}
	if l.size > 0 {
		style.Font.Size = l.size
	}
	if l.color != "" {
		style.Font.Color = l.color
	}
	if l.link {
		style.Font.Underline = "single"
	}
	if l.fill != "" {
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	if l.format != "" {
		style.CustomNumFmt = &l.format
	}
	if l.line {
		style.Border = []excelize.Border{{Type: "bottom", Color: lineColor, Style: 1}}
	}
	id, err := b.file.NewStyle(style)
	b.try(err)
	b.looks[l] = id
	return id
}
