package export

import (
	"fmt"

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
	const half = 11 // rows of figures, with their header
	s.try(s.file.AddChart(s.sheet, at, s.daysChart(upperHeight)))
	s.try(s.file.AddChart(s.sheet, cellAt(chartColumn, figures+half), s.voiceChart(figures, rivals)))
}

// Size of the charts, in pixels as excelize counts them: it takes a row of 17
// points for 20 pixels high, where it has 23.
const (
	chartWidth  = 510
	upperHeight = 228
	lowerHeight = 212
)

func (s *summary) daysChart(height uint) *excelize.Chart {
	sheet := "'" + s.lang.say("sheet_days") + "'!"
	column := func(letter string) string {
		return fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, letter, firstRow, letter, firstRow+6)
	}
	chart := s.chart(excelize.ColStacked, "chart_days", height)
	for _, sentiment := range []struct{ letter, color string }{
		{"E", negativeColor}, {"F", neutralColor}, {"G", positiveColor}, {"H", unscoredColor},
	} {
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s$%s$%d", sheet, sentiment.letter, headerRow),
			Categories: column("A"), Values: column(sentiment.letter), Fill: solid(sentiment.color),
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
	for _, week := range []struct{ name, letter, color string }{
		{"B", "E", accentColor}, {"C", "F", neutralColor},
	} {
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s$%s$%d", sheet, week.name, figures),
			Categories: column("A"), Values: column(week.letter), Fill: solid(week.color),
		})
	}
	chart.XAxis.ReverseOrder = true
	chart.YAxis.None = true
	chart.PlotArea = excelize.ChartPlotArea{ShowVal: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}}
	return chart
}

// chart is what the charts have in common.
func (s *summary) chart(kind excelize.ChartType, title string, height uint) *excelize.Chart {
	gap := uint(60)
	return &excelize.Chart{
		Type:      kind,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: s.lang.say(title), Font: &excelize.Font{Bold: true, Size: 12, Color: accentColor}}}},
		Format:    excelize.GraphicOptions{AltText: s.lang.say(title)},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: height},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		XAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: inkColor}},
		YAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: inkColor}},
		Border:    excelize.LineOptions{Type: excelize.LineSolid, Fill: solid(lineColor), Width: 0.75},
		GapWidth:  &gap,
	}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}
