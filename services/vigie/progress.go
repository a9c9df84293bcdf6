package main

import (
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// newProgress is where bars are shown: standard error, if that is a terminal; else mpb
// writes nothing.
func newProgress() *mpb.Progress {
	return mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(48))
}

func newBar(progress *mpb.Progress, name string, total int64, options ...mpb.BarOption) *mpb.Bar {
	return progress.AddBar(total, append(options, mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace), "")))...)
}

// partBar shows which part of one thing is done, for as long as it lasts.
func partBar(name string) (done func(part float64), end func()) {
	const whole = 1000
	progress := newProgress()
	bar := newBar(progress, name, whole, mpb.BarRemoveOnComplete())
	done = func(part float64) { bar.SetCurrent(int64(whole * part)) }
	return done, func() {
		bar.Abort(true)
		progress.Wait()
	}
}
