package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/setup"
)

func TestAnswers(t *testing.T) {
	preset := setup.Client{Spec: "a.yaml", Output: "internal/a", Package: "a", Policy: "policy.yaml"}
	for _, tt := range []struct {
		name, input string
		before      setup.Client
		ci          bool
		want        setup.Client
		wantCI      bool
		said        string // part of the output
	}{
		{
			"defaults",
			"\n\n\n\n",
			preset,
			true,
			preset,
			true,
			"Go package for a.yaml [a]: Folder of the package [internal/a]: ",
		},
		{"the end of the input", "", preset, true, preset, true, "Policy file [policy.yaml]: \n"},
		{"other answers", "b\n\n  p/b.yaml \nNo\n", preset, true,
			setup.Client{
				Spec:    "a.yaml",
				Output:  "internal/b",
				Package: "b",
				Policy:  "p/b.yaml",
			}, false, "[internal/b]"},
		{"a folder of another name stays", "b\nx/y\n\ny\n",
			setup.Client{Spec: "a.yaml", Output: "gen", Package: "a", Policy: "p"},
			true, setup.Client{Spec: "a.yaml", Output: "x/y", Package: "b", Policy: "p"}, true, "[gen]"},
		{"wrong answers", "B-1\nb\n../x\n.\n/x\nx\n..\n\nmaybe\nn\n", preset, true,
			setup.Client{Spec: "a.yaml", Output: "x", Package: "b", Policy: "policy.yaml"}, false,
			"a package name has lower-case letters and digits; for example b1\n"},
		{"a wrong answer at the end of the input", "B", preset, true, preset, true, "for example b\n"},
		{"no workflow", "\n\n\n", preset, false, preset, false, "Policy file"},
		{"a glob has no single package", "out/{name}\n\n\n",
			setup.Client{Spec: "*.yaml", Output: "internal/{name}", Package: "{name}", Policy: "p"}, true,
			setup.Client{Spec: "*.yaml", Output: "out/{name}", Package: "{name}", Policy: "p"}, true, "Folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			clients := []setup.Client{tt.before}
			a := &answers{bufio.NewReader(strings.NewReader(tt.input)), &out}
			ci, err := a.confirm(clients, tt.ci)
			c := clients[0]
			if err != nil || ci != tt.wantCI || c.Output != tt.want.Output || c.Package != tt.want.Package ||
				c.Policy != tt.want.Policy || !strings.Contains(out.String(), tt.said) {
				t.Errorf("got %+v, %v, %v, want %+v, %v\n%s", c, ci, err, tt.want, tt.wantCI, out.String())
			}
			if asked := strings.Contains(out.String(), "GitHub"); asked != tt.ci {
				t.Errorf("asked about a workflow: %v, want %v", asked, tt.ci)
			}
		})
	}
	if a := newAnswers(nil, &bytes.Buffer{}); a != nil {
		t.Error("init asks without a terminal")
	}
}
