package export

import (
	"fmt"
	"io"
	"math"
	"sort"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// writeWorkbook writes the spreadsheet of a report.
func writeWorkbook(w io.Writer, j *job, report weekly.Report, remarks []string) error {
	b := &book{file: excelize.NewFile(), job: j, lang: j.lang, looks: map[look]int{}}
	defer func() { _ = b.file.Close() }()
	b.properties(report)
	b.addSheets()
	summary{book: b, sheet: b.lang.say("sheet_summary"), report: report, remarks: remarks}.write()
	b.writeTable("sheet_days", b.days(report))
	b.writeTable("sheet_sources", b.sources(report))
	b.writeTable("sheet_topics", b.topics(report))
	b.writeTable("sheet_risks", b.risks(report))
	b.writeTable("sheet_stories", b.stories(report))
	b.writeTable("sheet_stances", b.stances(report))
	b.writeTable("sheet_names", b.named(report))
	b.writeTable("sheet_top", b.top(report))
	b.writeTable("sheet_incidents", b.incidents(report))
	b.streamTable("sheet_mentions", b.mentions(report))
	if b.err != nil {
		return b.err
	}
	b.settleOrder()
	_, err := b.file.WriteTo(w)
	return err
}

// settleOrder puts the one list in order that excelize writes in the order of a
// map, so that the same report gives the same bytes.
func (b *book) settleOrder() {
	if types := b.file.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
}

// sheetKeys are the sheets, in order.
var sheetKeys = []string{
	"sheet_summary", "sheet_days", "sheet_sources", "sheet_topics", "sheet_risks", "sheet_stories", "sheet_stances",
	"sheet_names", "sheet_top", "sheet_incidents", "sheet_mentions",
}

// book is a spreadsheet being written. It keeps the first error and does nothing
// after it, so that laying out reads as laying out.
type book struct {
	file  *excelize.File
	job   *job
	lang  language
	looks map[look]int
	err   error
}

func (b *book) try(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// properties are the same for the same report: the time is the week's end.
func (b *book) properties(r weekly.Report) {
	end := r.Week.To().UTC().Format(time.RFC3339)
	b.try(b.file.SetDocProps(&excelize.DocProperties{
		Title: b.heading("report"), Creator: "Vigie", LastModifiedBy: "Vigie",
		Created: end, Modified: end, Language: b.lang.tag,
	}))
	b.try(b.file.SetAppProps(&excelize.AppProperties{Application: "Vigie"}))
	b.try(b.file.SetDefaultFont("Calibri"))
}

func (b *book) addSheets() {
	for i, key := range sheetKeys {
		name := b.lang.say(key)
		if i == 0 {
			b.try(b.file.SetSheetName("Sheet1", name))
		} else {
			_, err := b.file.NewSheet(name)
			b.try(err)
		}
		b.printSetup(name) // before a stream begins
	}
}

// printSetup makes a sheet one landscape A4 page wide, with the page's number.
func (b *book) printSetup(sheet string) {
	const a4 = 9
	orientation, size, width, height, fit := "landscape", a4, 1, 0, true
	b.try(b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.try(b.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{
		Orientation: &orientation, Size: &size, FitToWidth: &width, FitToHeight: &height,
	}))
	margin, edge := 0.5, 0.3
	b.try(b.file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: &margin, Right: &margin, Top: &margin, Bottom: &margin, Header: &edge, Footer: &edge,
	}))
	b.try(b.file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
		OddFooter: "&L" + "Vigie" + "&C&A" + "&R" + b.lang.say("page_of"),
	}))
}

// heading is the title of a sheet: Acme: By day, week 46 of 2026.
func (b *book) heading(key string) string {
	week := b.job.week
	return b.lang.say("sheet_titled", plain(b.job.brand.Name), b.lang.say(key), week.Number, week.Year)
}

// put writes a value in a cell. A string is typed as a string: whatever it
// begins with, it is never a formula.
func (b *book) put(sheet, cell string, value any, l look) {
	if b.err != nil {
		return
	}
	switch v := b.value(value).(type) {
	case nil:
	case string:
		b.try(b.file.SetCellStr(sheet, cell, v))
	case float64:
		if math.Abs(v) < smallest[l.format] {
			v = 0
		}
		b.try(b.file.SetCellValue(sheet, cell, v))
	default:
		b.try(b.file.SetCellValue(sheet, cell, v))
	}
	b.try(b.file.SetCellStyle(sheet, cell, cell, b.style(l)))
}

// value is what a cell holds: an unknown number is left empty, a time is the
// local time of the week's zone, since a spreadsheet knows no zones.
func (b *book) value(value any) any {
	switch v := value.(type) {
	case weekly.Value:
		if !v.Known {
			return nil
		}
		return v.Number
	case time.Time:
		local := v.In(b.job.week.Zone())
		return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	case address:
		return string(v)
	default:
		return value
	}
}

// address is an address that can be opened from its cell.
type address string

// cellAt names a cell by its column and row, both from 1.
func cellAt(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(fmt.Sprintf("export: no cell in column %d, row %d", column, row)) // our own layout is wrong
	}
	return name
}
