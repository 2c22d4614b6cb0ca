// This file has resgen.yaml: its keys, how it is found and how it is read. [ReadConfig] is the entry.
package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// ConfigName is the file that [ReadConfig] looks for.
const ConfigName = "resgen.yaml"

// A Config says what to generate. The fields with a yaml tag are the keys of resgen.yaml.
type Config struct {
	Clients  []Client   `yaml:"clients"`  // required
	Strict   bool       `yaml:"strict"`   // warnings fail the run. Default: false
	Severity Severities `yaml:"severity"` // what a warning with a code is: {name-clash: ignore}. It beats strict. Default: a warning

	// Dir is the folder that all paths are relative to: that of resgen.yaml. No default.
	Dir string
	// Only leaves all clients out but those with this name, package or output. Empty: none is left out.
	Only string
	// DryRun leaves the disk as it is.
	DryRun bool
	// Progress is called after each document has come one step further; nil: nobody is told. Calls do not overlap.
	Progress func(Progress)
}

// A Client is one entry of clients: one document, or all documents that a glob matches.
type Client struct {
	Spec     Text  `yaml:"spec"`     // path of the document, or a glob: specs/*.yaml. Required
	Output   Text  `yaml:"output"`   // folder of the package; {name} stands for the document's file name without its extension. Required
	Package  Text  `yaml:"package"`  // Go package name, {name} as in output. Default: the last element of output, without what no name may have
	Policy   Texts `yaml:"policy"`   // policy files, weakest first: one path or a list. Default: none
	Overlays Texts `yaml:"overlays"` // OpenAPI Overlays, applied in this order: one path or a list. Default: none
	Remote   Texts `yaml:"remote"`   // URLs that references in the document may name: one or a list. No others are read. Default: none
	Include  Texts `yaml:"include"`  // operations to generate, each as in a policy file or "tag:NAME", "GET", "/path/*", "deprecated". Default: all
	Exclude  Texts `yaml:"exclude"`  // operations to leave out of those, written alike. Default: none
	Rename   Names `yaml:"rename"`   // Go names of schemas and operations by the document's names: {item_v2: Item}. Default: none
	Types    Types `yaml:"types"`    // which Go types stand for which of the document's
}

// Types says which Go types stand for which of the document's.
type Types struct {
	Number Text `yaml:"number"` // float64 (default) or decimal, which keeps every digit as wire.Decimal
}

// A Text is a value of resgen.yaml with its position.
type Text struct {
	Value string
	Pos   diag.Position
}

// DecodeNode reads the text of a scalar.
func (t *Text) DecodeNode(n *tree.Node) diag.List {
	if n.Kind != tree.String || n.Text == "" {
		return diag.List{{Pos: n.Pos, Code: "wrong-type", What: "want text, got " + n.Describe()}}
	}
	t.Value, t.Pos = n.Text, n.Pos
	return nil
}

// Texts is a list of values; a single one may stand without the brackets of a list.
type Texts []Text

// DecodeNode reads one text or a list of texts.
func (ts *Texts) DecodeNode(n *tree.Node) diag.List {
	items := []*tree.Node{n}
	if n.Kind == tree.Sequence {
		items = n.Items
	}
	var found diag.List
	for _, item := range items {
		var t Text
		found = append(found, t.DecodeNode(item)...)
		*ts = append(*ts, t)
	}
	return found
}

// Names maps names of the document to Go names, each with its position.
type Names map[string]Text

// FindConfig returns the path of the resgen.yaml that serves dir: the nearest one in dir or a folder above it, up to the one with go.mod.
func FindConfig(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, ConfigName)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		_, err := os.Stat(filepath.Join(at, "go.mod"))
		if err == nil || at == filepath.Dir(at) {
			return "", fmt.Errorf("no %s in %s or above it up to %s; write one there", ConfigName, dir, at)
		}
	}
}

// ReadConfig reads the resgen.yaml that serves dir. A mistake in it is a diag.List.
func ReadConfig(dir string) (Config, error) {
	path, err := FindConfig(dir)
	if err != nil {
		return Config{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, readable(err)
	}
	c, found := decodeConfig(data)
	c.Dir = filepath.Dir(path)
	return c, found.Err()
}

// decodeConfig decodes resgen.yaml strictly.
func decodeConfig(data []byte) (Config, diag.List) {
	var c Config
	node, found := tree.Parse(ConfigName, data)
	found = append(found, tree.Decode(node, &c)...)
	if node != nil && len(c.Clients) == 0 && !found.HasErrors() {
		found.Add(diag.Diagnostic{Pos: node.Pos, Code: "no-clients", What: "there are no clients", Cure: "list at least one under clients:"})
	}
	found.Sort()
	return c, found
}

// readable takes the name of the system call out of an error of the file system.
func readable(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", filepath.ToSlash(pathErr.Path), pathErr.Err)
	}
	return err
}

// cause takes file names out of an error of the file system: what remains says what went wrong.
func cause(err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}
