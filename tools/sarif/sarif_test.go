package sarif

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func TestCheck_SARIF(t *testing.T) {
	cmd := exec.Command("go", "run", "./cmd/resgen", "check", "--format", "sarif", "-C", "testdata/wrong-policy")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOWORK=") // the workspace of the project
	out, err := cmd.Output()
	if err == nil || len(out) == 0 {
		t.Fatalf("the case has no findings: %v", err)
	}
	report, err := sarif.FromBytes(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if len(report.Runs) != 1 || len(report.Runs[0].Results) == 0 {
		t.Errorf("got no results in\n%s", out)
	}
	broken, err := sarif.FromBytes([]byte(strings.Replace(string(out), `"level": "error"`, `"level": "bad"`, 1)))
	if err == nil && broken.Validate() == nil {
		t.Error("the validation accepts a level that SARIF does not have")
	}
}
