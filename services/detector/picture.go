package detector

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"slices"
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

// Picture draws the series, as far as it is known, with what was expected and what opened, above the curve over
// alert bounds, in one of PictureFormats, for
// readers of a language (fr, en). Days are those of a zone.
func (f *Findings) Picture(w io.Writer, format, language string, zone *time.Location) error {
	words := wording.Pick(language, &frenchPicture, &englishPicture)
	series, legend, err := f.drawSeries(zone, words)
	if err != nil {
		return fmt.Errorf("detector: draw the series: %w", err)
	}
	curve, err := f.drawCurve(words)
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

func (f *Findings) drawSeries(zone *time.Location, w *pictureWords) (*plot.Plot, *plot.Legend, error) {
	p, legend := newPlot(), plot.NewLegend()
	style(&legend.TextStyle, 9, inkColour)
	legend.Top, legend.Left, legend.Padding = true, true, vg.Points(3)
	p.Title.Text = f.title(zone, w)
	p.X.Tick.Marker = days{zone, w}
	p.Y.Label.Text = w.anHour
	p.Y.Scale, p.Y.Tick.Marker = roots{}, roots{w.Language}
	p.Add(plotter.NewGrid(), bands{f})
	buckets := f.series.Buckets(f.From(), mostBuckets)
	wide := buckets[0].To.Sub(buckets[0].From) > time.Hour
	if wide {
		p.Y.Label.Text = w.meanHour
	}
	for _, drawn := range []struct {
		name   string
		rate   func(b replay.Bucket) float64
		colour color.Color
		dashes []vg.Length
	}{
		{w.said, func(b replay.Bucket) float64 { return b.Said.All }, totalColour, nil},
		{w.negative, func(b replay.Bucket) float64 { return b.Said.Negative }, againstRed, nil},
		{w.usual, func(b replay.Bucket) float64 { return b.Expected.All }, inkColour, []vg.Length{vg.Points(4), vg.Points(2)}},
	} {
		line, err := stepped(buckets, drawn.rate, drawn.colour)
		if err != nil {
			return nil, nil, err
		}
		line.Dashes = drawn.dashes
		p.Add(line)
		legend.Add(drawn.name, line)
	}
	if told := f.during(buckets); wide && len(told) > 0 {
		p.Add(peaks(told))
		legend.Add(w.peak, spike(totalColour))
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = seconds(buckets[0].From), seconds(f.Until), 0, capRoom*max(1, p.Y.Max)
	for level := detect.Watch; level <= detect.Crisis; level++ {
		legend.Add(w.Level(replay.LevelNames[level]).One, swatch(bandColours[level]))
	}
	if f.Labels != nil {
		p.Add(found{f})
		legend.Add(w.found, swatch(inkColour))
	}
	return p, &legend, nil
}

func (f *Findings) title(zone *time.Location, w *pictureWords) string {
	return fmt.Sprintf(w.title, f.about(w), w.date(f.From().In(zone)), w.date(f.Until.In(zone)),
		w.Several(uint64(f.Mentions), w.Mention), w.Several(uint64(len(f.Incidents)), w.incident))
}

func (f *Findings) about(w *pictureWords) string {
	if f.Brand == "" {
		return w.allBrands
	}
	return f.Brand
}

// during are the buckets in which an incident was under way.
func (f *Findings) during(buckets []replay.Bucket) (told []replay.Bucket) {
	for _, bucket := range buckets {
		if slices.ContainsFunc(f.Incidents, func(i *replay.Incident) bool {
			opened, over := i.Last().Opened, i.Last().Resolved
			return opened.Before(bucket.To) && (over.IsZero() || over.After(bucket.From))
		}) {
			told = append(told, bucket)
		}
	}
	return told
}

// stepped draws how much an hour each bucket holds.
func stepped(buckets []replay.Bucket, rate func(replay.Bucket) float64, c color.Color) (*plotter.Line, error) {
	var points plotter.XYs
	for _, bucket := range buckets {
		points = append(points, plotter.XY{X: seconds(bucket.From), Y: rate(bucket)})
	}
	last := buckets[len(buckets)-1]
	points = append(points, plotter.XY{X: seconds(last.To), Y: rate(last)})
	line, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	line.StepStyle = plotter.PostStep
	line.LineStyle = draw.LineStyle{Color: c, Width: vg.Points(0.8)}
	return line, nil
}

func (f *Findings) drawCurve(w *pictureWords) (*plot.Plot, error) {
	p := newPlot()
	name := func(alerts float64) string { return w.Decimal(alerts, 2) }
	p.X.Label.Text = w.bound
	p.X.Scale = plot.LogScale{} // bounds are tried by doublings
	p.Y.Label.Text = w.aWeek
	if !f.Weekly() {
		p.Y.Label.Text, name = fmt.Sprintf(w.alertsIn, w.Span(f.Lasting())), w.Number
	}
	p.Y.Tick.Marker = linear{w.Language}
	var points plotter.XYs
	var ticks plot.ConstantTicks
	labels := plotter.XYLabels{}
	for _, point := range f.Curve {
		at := plotter.XY{X: point.Alert, Y: float64(point.Figures.Incidents)}
		if point.PerWeek != nil {
			at.Y = *point.PerWeek
		}
		points = append(points, at)
		ticks = append(ticks, plot.Tick{Value: point.Alert, Label: w.Number(point.Alert)})
		label := name(at.Y)
		if point.Score != nil && point.Recall != nil {
			label += "\n" + fmt.Sprintf(w.recall, point.Met, point.Labelled)
		}
		if point.Present {
			label += "\n" + w.present
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
	p.Y.Min, p.Y.Max = 0, max(0.1, p.Y.Max)*1.5 // labels stand above
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

// peaks draws the highest hour of days in which an incident was under way: a mean of days
// shows nothing of what opened it.
type peaks []replay.Bucket

// Plot draws over the series: all voices, and beside them the negative ones.
func (days peaks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, day := range days {
		stick(&c, totalColour, x(seconds(day.Most.Hour)), y(0), y(day.Most.Said))
		stick(&c, againstRed, x(seconds(day.Angriest.Hour))+vg.Points(2), y(0), y(day.Angriest.Said))
	}
}

// DataRange leaves room for the highest.
func (days peaks) DataRange() (left, right, low, high float64) {
	left, right = seconds(days[0].From), seconds(days[len(days)-1].To)
	for _, day := range days {
		high = max(high, day.Most.Said)
	}
	return left, right, 0, high
}

// spike is a peak in a legend.
type spike color.NRGBA

// Thumbnail stands in the middle of its place.
func (s spike) Thumbnail(c *draw.Canvas) {
	stick(c, color.NRGBA(s), (c.Min.X+c.Max.X)/2, c.Min.Y, c.Max.Y)
}

// stick is a line that stands, with a head.
func stick(c *draw.Canvas, bright color.Color, at, from, to vg.Length) {
	c.StrokeLine2(draw.LineStyle{Color: bright, Width: vg.Points(1)}, at, from, at, to)
	c.DrawGlyph(draw.GlyphStyle{Color: bright, Radius: vg.Points(1.5), Shape: draw.CircleGlyph{}}, vg.Point{X: at, Y: to})
}

// found draws what people found, as bars above the axis: what they looked at and was nothing
// is hollow.
type found struct{ *Findings }

// Plot draws over the series.
func (f found) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, label := range f.Labels {
		left := max(c.Min.X, x(seconds(label.From)))
		right := min(c.Max.X, max(x(seconds(label.To)), left+vg.Points(3)))
		corners := []vg.Point{{X: left, Y: c.Min.Y}, {X: right, Y: c.Min.Y}, {X: right, Y: c.Min.Y + vg.Points(6)}, {X: left, Y: c.Min.Y + vg.Points(6)}}
		if label.Level > detect.Calm {
			solid := bandColours[label.Level]
			solid.A = 0xff
			c.FillPolygon(solid, corners)
		}
		c.StrokeLines(draw.LineStyle{Color: inkColour, Width: vg.Points(0.8)}, append(corners, corners[0]))
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
