package e2e_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

type compose struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Volumes     []string          `yaml:"volumes"`
	} `yaml:"services"`
}

// Each role has its service, what it is told by the environment is a key of the
// config, and what is mounted of the repository is there.
func TestComposeRunsEveryRole(t *testing.T) {
	t.Parallel()
	var file compose
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy/compose.yaml")), &file))
	var commands []string
	for name, service := range file.Services {
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if own := slices.Contains([]string{"../vigie.yaml", "../secrets"}, source); strings.HasPrefix(source, ".") && !own {
				_, err := os.Stat(filepath.Join(root, "deploy", source))
				require.NoError(t, err, name)
			}
		}
		if service.Image != "vigie" {
			continue
		}
		commands = append(commands, service.Command...)
		var environ []string
		for key, value := range service.Environment {
			environ = append(environ, key+"="+value)
		}
		cfg, err := config.Parse("vigie.yaml", []byte("brands: [{id: zest, name: Zest, query: zest}]"), environ)
		require.NoError(t, err, name)
		require.Contains(t, slices.Collect(maps.Keys(file.Services)), strings.Split(cfg.ClickHouseAddress(), ":")[0])
		require.NotEmpty(t, cfg.ClickHouse.PasswordFile.Value())
		require.NotEmpty(t, cfg.Desk.AckKeyFile.Value())
	}
	require.ElementsMatch(t, []string{"ingest", "scorer", "detector", "store", "pager", "desk"}, commands)
}

// The README's config is right, once its secret is there.
func TestTheReadmesConfigIsRight(t *testing.T) {
	t.Parallel()
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(read(t, "README.md"))
	require.NotNil(t, example)
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "secrets"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secrets", "slack-webhook"), []byte("https://hooks.slack.com/services/T/B/X"), 0o600))
	_, err := config.Parse(filepath.Join(folder, "vigie.yaml"), []byte(example[1]), nil)
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(read(t, "README.md"), "\n"), 200)
}
