package e2e_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/vigie-monitor/vigie/services/clickhouse"
)

// On a Docker of this machine ports are published here; and the test cleans up
// after itself, without the container that testcontainers would pull for that.
func init() {
	if os.Getenv("DOCKER_HOST") == "" {
		_ = os.Setenv("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
		_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	}
}

// The image starts as it is, as a user without rights, and stops in order. Its
// stages that compile need images from a registry, so what they gather is
// gathered here by the same script; the last stage is the Dockerfile's own.
func TestTheImageRuns(t *testing.T) {
	t.Parallel()
	testcontainers.SkipIfProviderIsNotHealthy(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	container, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		Started: true,
		ContainerRequest: testcontainers.ContainerRequest{
			FromDockerfile: testcontainers.FromDockerfile{Context: imageContext(t)},
			ExposedPorts:   []string{"8080/tcp", "9464/tcp"},
			Files: []testcontainers.ContainerFile{{
				Reader:            bytes.NewReader([]byte("brands: [{id: zest, name: Zestaline, query: zestaline}]\n")),
				ContainerFilePath: "/etc/vigie/vigie.yaml", FileMode: 0o644,
			}},
			WaitingFor: wait.ForAll(wait.ForHTTP("/readyz").WithPort("9464/tcp"), wait.ForHTTP("/").WithPort("8080/tcp")).
				WithDeadline(time.Minute),
		},
	})
	testcontainers.CleanupContainer(t, container)
	if err != nil && container != nil {
		if logs, told := container.Logs(ctx); told == nil {
			said, _ := io.ReadAll(logs)
			t.Logf("it said:\n%s", said)
		}
	}
	require.NoError(t, err)
	grace := 30 * time.Second
	require.NoError(t, container.Stop(ctx, &grace))
	state, err := container.State(ctx)
	require.NoError(t, err)
	require.Zero(t, state.ExitCode, "it stops in order")
}

// imageContext is a folder from which the last stage of the Dockerfile builds.
func imageContext(t *testing.T) string {
	t.Helper()
	vigie, err := binary()
	require.NoError(t, err)
	library, err := clickhouse.FindLibrary()
	require.NoError(t, err)
	folder := t.TempDir()
	out, err := exec.Command(filepath.Join(root, "deploy", "image.sh"), filepath.Join(folder, "files"), vigie, library).CombinedOutput()
	require.NoError(t, err, "%s", out)
	last := regexp.MustCompile(`(?s)FROM scratch\n.*`).FindString(read(t, "deploy/Dockerfile"))
	last = regexp.MustCompile(`--from=files (.*)/files/`).ReplaceAllString(last, "${1}files/")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(last), 0o600))
	return folder
}
