package export

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// charts draws the week beside its figures: sentiment by day, and the share of
// voice where there is someone to share it with. They read their cells, so that
// a figure corrected by hand shows in them.
func (s *summary) charts(figures, rivals int) {
	at := cellAt(chartColumn, figures)
	if rivals == 0 {
		s.try(s.file.AddChart(s.sheet, at, s.daysChart(upperHeight+lowerHeight)))
		return
	}
	const half = 14 // rows of figures, with their header
	s.try(s.file.AddChart(s.sheet, at, s.daysChart(upperHeight)))
	s.try(s.file.AddChart(s.sheet, cellAt(chartColumn, figures+half), s.voiceChart(figures, rivals)))
}

// Size of the charts, in pixels as excelize counts them: it takes a row of 17
// points for 20 pixels high, where it has 23.
const (
	chartWidth  = 510
	upperHeight = 288
	lowerHeight = 272
)

func (s *summary) daysChart(height uint) *excelize.Chart {
	sheet := "'" + s.lang.say("sheet_days") + "'!"
	column := func(letter string) string {
		return fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, letter, firstRow, letter, firstRow+6)
	}
	chart := s.chart(excelize.ColStacked, "chart_days", height)
	first := 2 + len(s.volumeColumns(s.report)) // after the day
	for i, color := range []string{negativeColor, neutralColor, positiveColor, unscoredColor} {
		letter := s.letter(first + i)
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s$%s$%d", sheet, letter, headerRow),
			Categories: column("A"), Values: column(letter), Fill: solid(color),
		})
	}
	chart.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: s.lang.axisFormat}
	chart.YAxis.MajorGridLines = true
	return chart
}

func (s *summary) voiceChart(figures, rivals int) *excelize.Chart {
	sheet := "'" + s.sheet + "'!"
	first, last := rivals+1, rivals+len(s.report.Rivals)
	column := func(letter string) string {
		return fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, letter, first, letter, last)
	}
	chart := s.chart(excelize.Bar, "chart_voice", lowerHeight)
	columns := s.rivalColumns()
	for i, week := range []struct{ key, color string }{{"share_of_voice", accentColor}, {"voice_before", neutralColor}} {
		at := slices.IndexFunc(columns, func(c rivalColumn) bool { return c.key == week.key })
		if at < 0 {
			continue
		}
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s$%s$%d", sheet, s.letter(2+i), figures), // this week, the week before
			Categories: column("A"), Values: column(s.letter(firstColumn + at)), Fill: solid(week.color),
		})
	}
	chart.XAxis.ReverseOrder = true
	chart.YAxis.None = true
	chart.PlotArea = excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}}
	return chart
}

// letter names a column.
func (s *summary) letter(column int) string {
	name, err := excelize.ColumnNumberToName(column)
	s.try(err)
	return name
}

// chart is what the charts have in common.
func (s *summary) chart(kind excelize.ChartType, title string, height uint) *excelize.Chart {
	gap, vary := uint(60), false // a lone series has one colour
	return &excelize.Chart{
		Type:      kind,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: s.lang.say(title), Font: &excelize.Font{Bold: true, Size: 12, Color: accentColor}}}},
		Format:    excelize.GraphicOptions{AltText: s.lang.say(title)},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: height},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		XAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: inkColor}},
		YAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: inkColor}},
		Border:    excelize.LineOptions{Type: excelize.LineSolid, Fill: solid(lineColor), Width: 0.75},
		GapWidth:  &gap, VaryColors: &vary,
	}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}
