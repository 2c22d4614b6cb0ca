package docpages

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// decode reads a YAML block as strictly as the command or a program reads it.
func decode(b Block) error {
	kind := b.Directives["yaml"]
	n, found := tree.Parse("block", []byte(b.Text))
	if len(found) > 0 {
		return found
	}
	if kind == "" {
		kind = kindOfYAML(n)
	}
	switch kind {
	case "resgen":
		return decodeConfig(b.Text)
	case "policy":
		_, found = policyfile.DecodeFile("block", []byte(b.Text))
	case "configuration":
		_, found = policyfile.DecodeConfig("block", []byte(b.Text))
	case "openapi", "other":
	default:
		return errors.New("the kind of YAML is unknown; the directive yaml says it")
	}
	return errorOf(found)
}

func errorOf(found diag.List) error {
	if len(found) > 0 {
		return found
	}
	return nil
}

// kindOfYAML guesses the kind of a file from its keys.
func kindOfYAML(n *tree.Node) string {
	for _, k := range []struct{ key, kind string }{
		{"clients", "resgen"}, {"openapi", "openapi"}, {"swagger", "openapi"}, {"apis", "configuration"},
		{"operations", "policy"}, {"defaults", "policy"}, {"circuits", "policy"}, {"buckets", "policy"},
	} {
		if n.Get(k.key) != nil {
			return k.kind
		}
	}
	return ""
}

// decodeConfig reads a resgen.yaml.
func decodeConfig(text string) error {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, generator.ConfigName), []byte(text), 0o644); err != nil {
		return err
	}
	if _, err = generator.ReadConfig(dir); err != nil {
		return fmt.Errorf("resgen.yaml: %w", err)
	}
	return nil
}
