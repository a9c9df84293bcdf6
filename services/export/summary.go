package export

import (
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// summary is the first sheet, which is meant to be read on one page: the week in
// a few sentences, its figures, its charts, the competitors.
type summary struct {
	*book
	sheet   string
	report  weekly.Report
	remarks []string
	row     int // next to be written
}

// Columns of the summary: the figures on the left, the charts on the right. The
// competitors' table runs below both.
const (
	firstColumn = 1
	chartColumn = 7
	lastColumn  = 11

	figureHeight = 17 // of a row, in points
)

func (s summary) write() {
	widths := []float64{29, 13, 13, 12, 14, 14, 12, 14, 14, 13, 13}
	for i, width := range widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		s.try(err)
		s.try(s.file.SetColWidth(s.sheet, name, name, width))
	}
	hidden := false
	s.try(s.file.SetSheetView(s.sheet, 0, &excelize.ViewOptions{ShowGridLines: &hidden}))
	onePage := 1
	s.try(s.file.SetPageLayout(s.sheet, &excelize.PageLayoutOptions{FitToHeight: &onePage}))

	s.row = 1
	s.head()
	s.story()
	figures := s.row
	s.figures()
	s.row++
	rivals := 0
	if len(s.report.Rivals) > 1 {
		rivals = s.row
		s.rivals()
		s.row++
	}
	s.charts(figures, rivals)
	s.wide(s.lang.say("definitions"), look{size: 9, italic: true, color: quietColor, wrap: true}, 76)
}

func (s *summary) head() {
	s.wide(s.heading("report"), look{bold: true, size: 20, color: accentColor}, 32)
	week := s.report.Week
	s.wide(s.lang.days(week)+" ("+week.Zone().String()+")", look{size: 12, color: quietColor}, 20)
	s.row++
}

// story tells what must be known first, then the week in short.
func (s *summary) story() {
	for _, remark := range s.remarks {
		s.wide("⚠ "+remark, look{fill: warnFill, color: warnColor, wrap: true}, heightOf(remark))
	}
	if len(s.remarks) > 0 {
		s.row++
	}
	for _, sentence := range s.lang.inShort(s.report, s.job.names) {
		s.wide("•  "+sentence, look{size: 12, wrap: true}, heightOf(sentence))
	}
	s.row++
}

// heightOf is the height of a row that holds a sentence over the whole width.
func heightOf(text string) float64 {
	const perLine, line = 150, 19
	return float64(line * (1 + len([]rune(text))/perLine))
}

// wide writes a text over the whole width, and goes on to the next row.
func (s *summary) wide(text string, l look, height float64) {
	from, to := cellAt(firstColumn, s.row), cellAt(lastColumn, s.row)
	s.try(s.file.MergeCell(s.sheet, from, to))
	s.put(s.sheet, from, text, l)
	s.try(s.file.SetCellStyle(s.sheet, from, to, s.style(l)))
	s.try(s.file.SetRowHeight(s.sheet, s.row, height))
	s.row++
}

func (s *summary) header(titles ...string) {
	for i, title := range titles {
		l := headerLook
		if i > 0 {
			l.align = "right"
		}
		s.put(s.sheet, cellAt(firstColumn+i, s.row), title, l)
	}
	s.try(s.file.SetRowHeight(s.sheet, s.row, headerHeight))
	s.row++
}

// figures are compared with those of the week before, where it was watched.
func (s *summary) figures() {
	l := s.lang
	titles := []string{l.say("figures"), l.say("this_week"), l.say("week_before"), l.say("change"), l.say("growth")}
	if !s.report.Compared() {
		titles = titles[:2]
	}
	s.header(titles...)
	for _, chapter := range s.report.Chapters() {
		for i := range titles {
			s.put(s.sheet, cellAt(firstColumn+i, s.row), "", look{fill: paleColor})
		}
		s.put(s.sheet, cellAt(firstColumn, s.row), l.say("chapter_"+chapter.Name), look{bold: true, color: accentColor, fill: paleColor})
		s.nextFigure()
		for _, figure := range chapter.Figures {
			s.figure(figure, len(titles))
		}
	}
}

func (s *summary) figure(f weekly.Figure, columns int) {
	value, change := figureLooks(f)
	cells := []struct {
		value any
		look  look
	}{
		{s.lang.say(f.Name), look{line: true, align: "left", indent: 1}},
		{f.Now, value.with(func(l *look) { l.bold = true })},
		{f.Before, value.with(func(l *look) { l.color = quietColor })},
		{f.Change(), change},
		{f.Growth(), change.with(func(l *look) { l.format = shareChangeFormat })},
	}
	for i, cell := range cells[:columns] {
		s.put(s.sheet, cellAt(firstColumn+i, s.row), cell.value, cell.look)
	}
	s.nextFigure()
}

func (s *summary) nextFigure() {
	s.try(s.file.SetRowHeight(s.sheet, s.row, figureHeight))
	s.row++
}

// figureLooks are the looks of a figure and of its change, which is green where
// it is good news and red where it is bad.
func figureLooks(f weekly.Figure) (value, change look) {
	formats := map[weekly.Unit][2]string{
		weekly.Count:  {countFormat, countChangeFormat},
		weekly.Share:  {shareFormat, pointsChangeFormat},
		weekly.Points: {pointsFormat, pointsChangeFormat},
	}[f.Unit]
	value, change = look{format: formats[0], line: true}, look{format: formats[1], line: true}
	switch news := float64(f.Good) * f.Change().Number; {
	case news > 0:
		change.color = positiveColor
	case news < 0:
		change.color = negativeColor
	}
	return value, change
}

// rivalColumn is a column of the competitors' table.
type rivalColumn struct {
	key   string
	look  look
	value func(weekly.Rival) any
}

// rivalColumns leave out the week before where it was not watched; that of a
// competitor who was added since is empty.
func (s *summary) rivalColumns() []rivalColumn {
	before := func(value func(weekly.Rival) any) func(weekly.Rival) any {
		return func(r weekly.Rival) any {
			if !r.Compared {
				return weekly.Value{}
			}
			return value(r)
		}
	}
	columns := []rivalColumn{
		{"rivals", textLook, func(r weekly.Rival) any { return plain(s.job.names[r.BrandID]) }},
		{"mentions", countLook, func(r weekly.Rival) any { return r.Now.Mentions }},
		{"week_before", countLook, before(func(r weekly.Rival) any { return r.Before.Mentions })},
		{"growth", growthLook, before(func(r weekly.Rival) any { return growth(r.Now.Mentions, r.Before.Mentions) })},
		{"share_of_voice", shareLook, func(r weekly.Rival) any { return r.Share }},
		{"voice_before", shareLook, func(r weekly.Rival) any { return r.ShareBefore }},
		{"negative_share", shareLook, func(r weekly.Rival) any { return r.Now.NegativeShare() }},
		{"net_sentiment", pointsLook, func(r weekly.Rival) any { return r.Now.NetSentiment() }},
		{"potential_reach", countLook, func(r weekly.Rival) any { return r.Now.PotentialReach() }},
		{"authors", countLook, func(r weekly.Rival) any { return r.Now.Authors() }},
		{"engagement", countLook, func(r weekly.Rival) any { return r.Now.Engagement }},
	}
	if s.report.Compared() {
		return columns
	}
	return slices.DeleteFunc(columns, func(c rivalColumn) bool {
		return c.key == "week_before" || c.key == "growth" || c.key == "voice_before"
	})
}

// rivals compares the brand with its competitors.
func (s *summary) rivals() {
	columns := s.rivalColumns()
	titles := make([]string, len(columns))
	for i, column := range columns {
		titles[i] = s.lang.say(column.key)
	}
	s.header(titles...)
	for i, rival := range s.report.Rivals {
		for at, column := range columns {
			look := column.look
			look.line, look.bold = true, i == 0
			s.put(s.sheet, cellAt(firstColumn+at, s.row), column.value(rival), look)
		}
		s.row++
	}
}
