package detector

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgimg" // png
	_ "gonum.org/v1/plot/vg/vgsvg" // svg

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

const (
	pictureWidth  = 32 * vg.Centimeter
	seriesHeight  = 12 * vg.Centimeter
	curveHeight   = 6 * vg.Centimeter
	pictureMargin = vg.Centimeter / 2
	legendWidth   = 5 * vg.Centimeter
	// capRoom is how much higher than the series its picture is.
	capRoom = 1.15
	// mostBuckets is how many points a series has room for.
	mostBuckets = 800
)

// PictureFormats are the formats of a picture, as files end.
var PictureFormats = []string{"svg", "png"}

// Colours: those of levels are the desk's.
var (
	inkColour   = color.NRGBA{0x1f, 0x29, 0x33, 0xff}
	quietColour = color.NRGBA{0x8a, 0x97, 0xa5, 0xff}
	totalColour = color.NRGBA{0x12, 0x46, 0x6b, 0xff}
	againstRed  = color.NRGBA{0xc8, 0x45, 0x3b, 0xff}
	bandColours = map[detect.Level]color.NRGBA{
		detect.Watch: {0xf2, 0xd9, 0x7c, 0x80}, detect.Alert: {0xf0, 0x9a, 0x4a, 0x90}, detect.Crisis: {0xd8, 0x3a, 0x34, 0x90},
	}
)

// Picture draws the series with what was expected and what opened, above the curve over
// alert bounds, in one of PictureFormats. Days are those of a zone.
func (f *Findings) Picture(w io.Writer, format string, zone *time.Location) error {
	series, legend, err := f.drawSeries(zone)
	if err != nil {
		return fmt.Errorf("detector: draw the series: %w", err)
	}
	curve, err := f.drawCurve()
	if err != nil {
		return fmt.Errorf("detector: draw the curve: %w", err)
	}
	canvas, err := draw.NewFormattedCanvas(pictureWidth, seriesHeight+curveHeight, format)
	if err != nil {
		return fmt.Errorf("detector: draw as %s: %w", format, err)
	}
	whole := draw.New(canvas)
	whole.SetColor(color.White)
	whole.Fill(whole.Path())
	whole = draw.Crop(whole, pictureMargin, -pictureMargin, pictureMargin, -pictureMargin)
	series.Draw(draw.Crop(whole, 0, -legendWidth, curveHeight, 0))
	legend.Draw(draw.Crop(whole, whole.Size().X-legendWidth+pictureMargin, 0, curveHeight, -2*pictureMargin))
	curve.Draw(draw.Crop(whole, 0, -legendWidth, 0, -seriesHeight))
	var drawn bytes.Buffer
	if _, err := canvas.WriteTo(&drawn); err != nil {
		return fmt.Errorf("detector: draw as %s: %w", format, err)
	}
	_, err = w.Write(bytes.ReplaceAll(drawn.Bytes(), []byte(drawnFont), []byte(drawnFont+alikeFonts)))
	return err
}

// An SVG names the font it was measured by, which not every machine has; these have
// letters of the same width.
const (
	drawnFont  = "font-family:Liberation Sans"
	alikeFonts = ",Arial,Helvetica,sans-serif"
)

func (f *Findings) drawSeries(zone *time.Location) (*plot.Plot, *plot.Legend, error) {
	p, legend := newPlot(), plot.NewLegend()
	style(&legend.TextStyle, 9, inkColour)
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(3)
	p.Title.Text = f.title(zone)
	p.X.Tick.Marker = days{zone}
	p.Y.Label.Text = "mentions an hour"
	p.Y.Scale, p.Y.Tick.Marker = roots{}, roots{}
	perHour := 1 / f.series.Bucket.Hours()
	total, err := f.line(f.series.Total, perHour, totalColour)
	if err != nil {
		return nil, nil, err
	}
	negative, err := f.line(f.series.Negative, perHour, againstRed)
	if err != nil {
		return nil, nil, err
	}
	seen, expected := f.atIncidents()
	p.Add(plotter.NewGrid(), bands{f}, total, negative, expected, seen)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = seconds(f.Since), seconds(f.Until), 0, capRoom*max(1, p.Y.Max)
	legend.Add("mentions", total)
	legend.Add("negative", negative)
	legend.Add("seen in a window that told", seen)
	legend.Add("expected of it", expected)
	for level := detect.Watch; level <= detect.Crisis; level++ {
		legend.Add(replay.LevelNames[level], swatch(bandColours[level]))
	}
	return p, &legend, nil
}

func (f *Findings) title(zone *time.Location) string {
	const day = "2 Jan 2006"
	en := wording.English
	return fmt.Sprintf("%s, %s to %s: %s, %s", f.about(), f.Since.In(zone).Format(day), f.Until.In(zone).Format(day),
		en.Several(uint64(f.Mentions), en.Mention), en.Several(uint64(len(f.Incidents)), wording.Noun{One: "incident", Several: "incidents"}))
}

func (f *Findings) about() string {
	if f.Brand == "" {
		return "all brands"
	}
	return f.Brand
}

// line draws a series as a rate.
func (f *Findings) line(counts []float64, rate float64, c color.Color) (*plotter.Line, error) {
	points := make(plotter.XYs, len(counts))
	for n, count := range counts {
		points[n] = plotter.XY{X: seconds(f.Since.Add(time.Duration(n) * f.series.Bucket)), Y: count * rate}
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	line.StepStyle = plotter.PostStep
	line.LineStyle = draw.LineStyle{Color: c, Width: vg.Points(0.8)}
	return line, nil
}

// atIncidents are the rates seen, and expected, in the windows that opened or raised
// an incident.
func (f *Findings) atIncidents() (seen, expected *plotter.Scatter) {
	var is, was plotter.XYs
	for _, incident := range f.Incidents {
		for _, step := range incident.Steps {
			e := step.Evidence
			if hours := e.To.Sub(e.From).Hours(); hours > 0 && step.Resolved.IsZero() {
				is = append(is, plotter.XY{X: seconds(e.To), Y: float64(e.Mentions) / hours})
				was = append(was, plotter.XY{X: seconds(e.To), Y: e.ExpectedMentions / hours})
			}
		}
	}
	return marks(is, draw.CircleGlyph{}), marks(was, draw.PlusGlyph{})
}

func marks(points plotter.XYs, shape draw.GlyphDrawer) *plotter.Scatter {
	return &plotter.Scatter{XYs: points, GlyphStyle: draw.GlyphStyle{Color: inkColour, Radius: vg.Points(2.5), Shape: shape}}
}

func (f *Findings) drawCurve() (*plot.Plot, error) {
	p := newPlot()
	p.X.Label.Text = "alert bound"
	p.X.Scale = plot.LogScale{} // bounds are tried by doublings
	p.Y.Label.Text = "alerts a week"
	var points plotter.XYs
	var ticks plot.ConstantTicks
	labels := plotter.XYLabels{}
	for _, point := range f.Curve {
		at := plotter.XY{X: point.Alert, Y: point.PerWeek}
		points = append(points, at)
		ticks = append(ticks, plot.Tick{Value: point.Alert, Label: strconv.FormatFloat(point.Alert, 'g', 4, 64)})
		label := strconv.FormatFloat(point.PerWeek, 'f', 2, 64)
		if point.Score != nil && point.Recall != nil {
			label += fmt.Sprintf(", recall %.0f %%", 100**point.Recall)
		}
		if point.Present {
			label += ", present"
		}
		labels.XYs, labels.Labels = append(labels.XYs, at), append(labels.Labels, label)
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, err
	}
	line.LineStyle = draw.LineStyle{Color: totalColour, Width: vg.Points(1)}
	dots.GlyphStyle = draw.GlyphStyle{Color: totalColour, Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
	words, err := plotter.NewLabels(labels)
	if err != nil {
		return nil, err
	}
	for n := range words.TextStyle {
		style(&words.TextStyle[n], 9, inkColour)
	}
	words.Offset = vg.Point{X: vg.Points(4), Y: vg.Points(4)}
	p.Add(plotter.NewGrid(), line, dots, words)
	p.X.Tick.Marker = ticks
	p.Y.Min, p.Y.Max = 0, max(1, p.Y.Max)*1.2
	return p, nil
}

func newPlot() *plot.Plot {
	p := plot.New()
	style(&p.Title.TextStyle, 13, inkColour)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		style(&axis.Label.TextStyle, 10, inkColour)
		style(&axis.Tick.Label, 9, inkColour)
		axis.Color, axis.Tick.Color = quietColour, quietColour
	}
	p.Title.Padding = vg.Points(8)
	return p
}

func style(s *text.Style, size float64, c color.Color) {
	s.Font.Variant, s.Font.Size, s.Color = "Sans", vg.Points(size), c
}

func seconds(t time.Time) float64 { return float64(t.Unix()) }

// bands draws incidents from when they opened to when they were resolved.
type bands struct{ *Findings }

// Plot draws behind the series; a band is as broad as a line at least, and has a cap
// that no series hides.
func (b bands) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, incident := range b.Incidents {
		for level := detect.Watch; level <= incident.Last().Level; level++ {
			from, to := incident.Reached(level).LevelAt, incident.Last().Resolved
			if next := incident.Reached(level + 1); next != nil {
				to = next.LevelAt
			}
			if to.Equal(from) {
				continue // it came higher at once
			}
			if to.IsZero() {
				to = b.Until
			}
			left, right := x(seconds(from)), x(seconds(to))
			bar(c, bandColours[level], left, max(right, left+vg.Points(1.5)), c.Min.Y)
			solid := bandColours[level]
			solid.A = 0xff
			bar(c, solid, left, max(right, left+vg.Points(4)), c.Max.Y-vg.Points(6))
		}
	}
}

// bar is a rectangle up to the top.
func bar(c draw.Canvas, filled color.Color, left, right, bottom vg.Length) {
	c.FillPolygon(filled, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: c.Max.Y}, {X: left, Y: c.Max.Y}})
}

// swatch is a colour in a legend.
type swatch color.NRGBA

// Thumbnail fills its place.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(color.NRGBA(s), []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
}

// roots is a scale by square roots: counts vary as much in the night as in a crisis
// there, and both are seen.
type roots struct{}

// Normalize places a value.
func (roots) Normalize(_, most, value float64) float64 {
	return math.Sqrt(max(0, value)) / math.Sqrt(most)
}

// tickApart is how much of the axis lies between two ticks at least.
const tickApart = 0.04

// Ticks are at 1, 2 and 5 of each power of ten, where there is room.
func (roots) Ticks(_, most float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	last := 0.0
	for power := 0.1; power <= most; power *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			value := digit * power
			if place := math.Sqrt(value / most); place <= 1 && place >= last+tickApart {
				ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', 6, 64)})
				last = place
			}
		}
	}
	return ticks
}

// days ticks at whole hours, days or months of a zone.
type days struct{ zone *time.Location }

const mostTicks = 14

// Ticks are as dense as there is room for.
func (d days) Ticks(from, to float64) []plot.Tick {
	start, end := time.Unix(int64(from), 0).In(d.zone), time.Unix(int64(to), 0)
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, d.zone)
	every, layout := 1, "2 Jan"
	step := func(n int) time.Time { return midnight.AddDate(0, 0, n*every) }
	if hours := end.Sub(start).Hours(); hours <= 48 {
		every, layout = max(1, int(math.Ceil(hours/mostTicks))), "2 Jan 15:04"
		step = func(n int) time.Time { return midnight.Add(time.Duration(n*every) * time.Hour) }
	} else {
		every = max(1, int(math.Ceil(hours/24/mostTicks)))
	}
	var ticks []plot.Tick
	for n := 0; !step(n).After(end); n++ {
		if at := step(n); !at.Before(start) {
			ticks = append(ticks, plot.Tick{Value: seconds(at), Label: at.Format(layout)})
		}
	}
	return ticks
}
