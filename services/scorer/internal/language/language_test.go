package language_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
)

func detect(text, hint string) string {
	var document query.Document
	document.Read(text)
	return language.Detect(text, &document, hint)
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, hint, want string }{
		{"Le service client ne répond pas depuis hier", "", "fr"},
		{"They never answer the phone and I am tired of it", "", "en"},
		{"No me gusta nada este servicio, muy lento", "", "es"},
		{"Não gostei do atendimento, muito ruim", "", "pt"},
		{"Non mi piace questo servizio, sono molto deluso", "", "it"},
		{"Der Service ist schlecht und ich bin nicht zufrieden", "", "de"},
		{"Zestaline !!!", "", language.Undetermined},
		{"Zestaline !!!", "fr", "fr"},
		{"Zestaline !!!", "fr-CA", "fr"},
		{"", "", language.Undetermined},
		{"日本が好きです", "ja", language.Undetermined},
	} {
		require.Equal(t, c.want, detect(c.text, c.hint), c.text)
	}
}

// Accuracy on validation posts, without any hint. The floors are what was
// measured, rounded down.
func TestValidation(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the validation splits are not there")
	}
	for code, floor := range map[string]float64{"en": 0.80, "fr": 0.86} {
		file, err := os.Open(filepath.Join(data, "sentiment", "validation", code+"-umsab.tsv"))
		require.NoError(t, err)
		defer file.Close()
		var right, all float64
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if _, text, found := strings.Cut(lines.Text(), "\t"); found && text != "text" {
				all++
				if detect(text, "") == code {
					right++
				}
			}
		}
		t.Logf("%s: %.3f of %.0f posts", code, right/all, all)
		require.Greater(t, right/all, floor, code)
	}
}
