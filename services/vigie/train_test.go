package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who trains on a folder that is not the right one keeps the model that is there.
func TestATrainingThatFailsLeavesTheModel(t *testing.T) {
	t.Parallel()
	folder, nothing := t.TempDir(), t.TempDir()
	model := filepath.Join(folder, "the.model")
	require.NoError(t, os.WriteFile(model, []byte("in use"), 0o600))
	for _, what := range []string{"sentiment", "language"} {
		_, _, err := vigie("train", what, "--out", model, nothing)
		require.Error(t, err, what)
		kept, err := os.ReadFile(model)
		require.NoError(t, err)
		require.Equal(t, "in use", string(kept), what)
	}
	_, _, err := vigie("train", "language", "--out", filepath.Join(folder, "nowhere", "the.model"), nothing)
	require.ErrorContains(t, err, "cannot write "+filepath.Join(folder, "nowhere", "the.model")+": no such file or directory", "by the name that was asked for")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing half-written stays")
}

// The same files give the same bytes.
func TestATrainingIsRepeated(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(data, "sentiment", "train"), 0o700))
	lines := []string{"label\ttext"}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("negative\tawful late train number%d", i), fmt.Sprintf("neutral\tthe train leaves at number%d", i),
			fmt.Sprintf("positive\tlovely fast train number%d", i))
	}
	require.NoError(t, os.WriteFile(filepath.Join(data, "sentiment", "train", "en-trains.tsv"), []byte(strings.Join(lines, "\n")), 0o600))
	var models [2][]byte
	for i := range models {
		out := filepath.Join(t.TempDir(), "model")
		told, _, err := vigie("train", "sentiment", "--out", out, data)
		require.NoError(t, err)
		require.Contains(t, told, "| en | 265 |")
		models[i], err = os.ReadFile(out)
		require.NoError(t, err)
	}
	require.NotEmpty(t, models[0])
	require.Equal(t, models[0], models[1])
}
