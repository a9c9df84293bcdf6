package export

import (
	"math"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// column of a table.
type column struct {
	title string
	width float64
	look  look
}

// table is the content of a sheet: a title, a header that stays in sight, rows
// that can be filtered, and perhaps a line of totals.
type table struct {
	note    string // beside the title
	columns []column
	rows    [][]any
	total   []any
}

// Rows of a table's sheet.
const (
	titleRow  = 1
	headerRow = 2
	firstRow  = 3
)

// Heights in points.
const (
	lineHeight   = 15
	headerHeight = 3*lineHeight + 3 // three lines: columns are narrower than their titles
	maxHeight    = 400              // a spreadsheet takes 409
)

var (
	titleLook  = look{bold: true, size: 14, color: accentColor}
	headerLook = look{bold: true, fill: accentColor, color: "FFFFFF", wrap: true}
	emptyLook  = look{italic: true, color: quietColor}
)

// writeTable fills a sheet with a table.
func (b *book) writeTable(key string, t table) {
	sheet := b.lang.say(key)
	for i, column := range t.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.file.SetColWidth(sheet, name, name, column.width))
		b.put(sheet, cellAt(i+1, headerRow), column.title, headerFor(column))
	}
	b.put(sheet, cellAt(1, titleRow), b.title(key, t), titleLook)
	b.try(b.file.SetRowHeight(sheet, titleRow, 24))
	b.try(b.file.SetRowHeight(sheet, headerRow, headerHeight))
	for i, row := range t.rows {
		b.tableRow(sheet, firstRow+i, t.columns, row, false)
	}
	if t.total != nil {
		b.tableRow(sheet, firstRow+len(t.rows), t.columns, t.total, true)
	}
	if len(t.rows) == 0 {
		b.put(sheet, cellAt(1, firstRow), b.lang.say("nothing"), emptyLook)
	}
	b.try(b.file.SetPanes(sheet, frozen))
	b.filterAndRepeat(sheet, t)
}

// rowHeight is what the longest of the texts that are wrapped needs: not every
// program that prints the sheet finds it by itself. Words end a line early, so a
// line holds less than its width.
func rowHeight(columns []column, values []any) float64 {
	lines := 1
	for i, value := range values {
		text := ""
		switch v := value.(type) {
		case string:
			text = v
		case address:
			text = string(v)
		}
		if columns[i].look.wrap && text != "" {
			perLine := 0.85 * (columns[i].width - 2)
			lines = max(lines, int(math.Ceil(float64(utf8.RuneCountInString(text))/perLine)))
		}
	}
	return min(float64(lines*lineHeight), maxHeight)
}

func (b *book) tableRow(sheet string, row int, columns []column, values []any, total bool) {
	b.try(b.file.SetRowHeight(sheet, row, rowHeight(columns, values)))
	for i, value := range values {
		l := columns[i].look
		l.line = true
		if total {
			l.bold, l.fill = true, paleColor
		}
		cell := cellAt(i+1, row)
		if target, opens := value.(address); opens && target != "" {
			l.link, l.color = true, accentColor
			b.try(b.file.SetCellHyperLink(sheet, cell, string(target), "External"))
		}
		b.put(sheet, cell, value, l)
	}
}

func (b *book) title(key string, t table) string {
	if t.note == "" {
		return b.heading(key)
	}
	return b.heading(key) + " (" + t.note + ")"
}

func headerFor(c column) look {
	return headerLook.with(func(l *look) {
		l.align, l.indent = c.look.align, c.look.indent
		if l.align == "" {
			l.align = "right" // as numbers are
		}
	})
}

// frozen keeps the title and the header in sight.
var frozen = &excelize.Panes{
	Freeze: true, YSplit: headerRow, TopLeftCell: cellAt(1, firstRow), ActivePane: "bottomLeft",
}

// filterAndRepeat lets the rows be filtered, and prints the header on each page.
func (b *book) filterAndRepeat(sheet string, t table) {
	last := cellAt(len(t.columns), headerRow+max(len(t.rows), 1))
	b.try(b.file.AutoFilter(sheet, cellAt(1, headerRow)+":"+last, nil))
	b.try(b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$2", Scope: sheet,
	}))
	b.printSetup(sheet) // last: setting a filter forgets it
}

// streamTable fills a sheet that may have very many rows.
func (b *book) streamTable(key string, t table) {
	sheet := b.lang.say(key)
	stream, err := b.file.NewStreamWriter(sheet)
	if err != nil {
		b.try(err)
		return
	}
	header := make([]any, len(t.columns))
	styles := make([]int, len(t.columns))
	for i, column := range t.columns {
		b.try(stream.SetColWidth(i+1, i+1, column.width))
		header[i] = excelize.Cell{StyleID: b.style(headerFor(column)), Value: column.title}
		styles[i] = b.style(column.look)
	}
	b.try(stream.SetPanes(frozen))
	b.try(stream.SetRow(cellAt(1, titleRow), []any{excelize.Cell{StyleID: b.style(titleLook), Value: b.title(key, t)}}, excelize.RowOpts{Height: 24}))
	b.try(stream.SetRow(cellAt(1, headerRow), header, excelize.RowOpts{Height: headerHeight}))
	for i, row := range t.rows {
		cells := make([]any, len(row))
		for j, value := range row {
			cells[j] = excelize.Cell{StyleID: styles[j], Value: b.value(value)}
		}
		b.try(stream.SetRow(cellAt(1, firstRow+i), cells))
	}
	if len(t.rows) == 0 {
		b.try(stream.SetRow(cellAt(1, firstRow), []any{excelize.Cell{StyleID: b.style(emptyLook), Value: b.lang.say("nothing")}}))
	}
	b.filterAndRepeat(sheet, t)
	b.try(stream.Flush()) // after it, nothing of the sheet can be changed
}
