package scorer

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

// TrainProgress tells how far a training is.
type TrainProgress = sentiment.Progress

// TrainSentiment fits the sentiment model on a data folder's files and writes it.
// The same files give the same bytes. It answers a table of what the
// cross-validation measured.
func TrainSentiment(data fs.FS, out io.Writer, progress func(TrainProgress)) (string, error) {
	corpora, lexicons, err := sentiment.ReadData(data)
	if err != nil {
		return "", err
	}
	model, err := sentiment.Train(corpora, lexicons, progress)
	if err != nil {
		return "", err
	}
	file, err := model.Write()
	if err != nil {
		return "", err
	}
	if _, err := out.Write(file); err != nil {
		return "", fmt.Errorf("scorer: writing the model: %w", err)
	}
	return model.Card().String(), nil
}
