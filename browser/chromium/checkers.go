package chromium

// This file runs the checkers that make browser installs: axe-core and the validator of HTML.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// withoutCheckers reports whether the checkers could not be installed. Then they find nothing; make
// browser prints that.
func withoutCheckers() bool { return os.Getenv("RESGEN_WITHOUT_CHECKERS") != "" }

// checker returns the path of a file of a checker.
func checker(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", "checkers", "node_modules", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("the checkers are not installed; run make browser")
	}
	return path
}

// awaited waits for the promise that an expression returns.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// A violation is what axe-core has found.
type violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

// axe returns what axe-core finds on the page.
func (p *Page) axe() []violation {
	p.t.Helper()
	if withoutCheckers() {
		return nil
	}
	source, err := os.ReadFile(checker(p.t, "axe-core/axe.min.js"))
	if err != nil {
		p.t.Fatal(err)
	}
	var found []violation
	p.Run(chromedp.Evaluate(string(source)+`;
		axe.run().then((r) => r.violations.map((v) =>
			({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.html)})))`, &found, awaited))
	return found
}

// Validate returns what the validator says about HTML.
func Validate(t *testing.T, html string) string {
	t.Helper()
	if withoutCheckers() {
		return ""
	}
	var out bytes.Buffer
	c := exec.Command("java", "-jar", checker(t, "vnu-jar/build/dist/vnu.jar"), "--stdout", "-")
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(html), &out, &out
	if err := c.Run(); err != nil && out.Len() == 0 {
		t.Fatal(err)
	}
	return out.String()
}
