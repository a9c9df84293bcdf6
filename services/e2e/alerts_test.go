package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An alert on a metric that nothing writes never fires: each one named exists in
// the code.
func TestAlertRulesNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	data, err := os.ReadFile(dashboardsFolder + "/rules/vigie.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &rules))
	code := productCode(t, "../../pkg", "..")
	metric := regexp.MustCompile(`\bvigie_[a-z_]+`)
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			assert.Contains(t, []string{"page", "ticket", "heartbeat"}, rule.Labels["severity"], rule.Alert)
			assert.Contains(t, rule.Annotations["summary"], " / ", "%s is told in two languages", rule.Alert)
			assert.NotEmpty(t, rule.Annotations["description"], rule.Alert)
			for _, name := range metric.FindAllString(rule.Expr, -1) {
				name = strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")
				assert.True(t, isMetric(code, name), "%s: nothing writes %s", rule.Alert, name)
			}
		}
	}
}

// productCode is the Go of some folders, without tests.
func productCode(t *testing.T, folders ...string) string {
	t.Helper()
	var code strings.Builder
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			code.Write(source)
			return err
		}))
	}
	return code.String()
}

// isMetric says that the code names a metric, whole or behind a prefix that it
// puts before several.
func isMetric(code, name string) bool {
	if strings.Contains(code, `"`+name+`"`) {
		return true
	}
	for at := range name {
		if name[at] == '_' && strings.Contains(code, `"`+name[:at+1]+`"`) && strings.Contains(code, `"`+name[at+1:]+`"`) {
			return true
		}
	}
	return false
}
