package generator

// This file defines resgen.yaml: its keys, how it is found, and how it is read by [ReadConfig].

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// ConfigName is the name of the file that [ReadConfig] looks for.
const ConfigName = "resgen.yaml"

// A Config says what to generate. The fields with a yaml tag are the keys of resgen.yaml.
type Config struct {
	// Version is the version of the format of resgen.yaml. The only one is 1, which is the default.
	Version Version `yaml:"version"`
	// Clients lists what to generate. At least one is required.
	Clients []Client `yaml:"clients"`
	// Strict makes warnings fail the run. The default is false.
	Strict bool `yaml:"strict"`
	// Severity sets what a warning with a given code is, for example {name-clash: ignore}. It takes
	// precedence over Strict. A warning without an entry stays a warning.
	Severity Severities `yaml:"severity"`

	// Dir is the folder that all paths are relative to, that of resgen.yaml. It has no default.
	Dir string
	// Only selects the clients with this name, package or output. If it is empty, all clients are
	// selected.
	Only string
	// DryRun leaves the disk unchanged.
	DryRun bool
	// Progress, if it is not nil, is called after each step of each document. Calls do not overlap.
	Progress func(Progress)
}

// A Client is one entry of clients: one document, or all documents that a glob matches.
type Client struct {
	// Spec is the path of the document, or a glob such as specs/*.yaml. Required.
	Spec Text `yaml:"spec"`
	// Output is the folder of the package. {name} is replaced by the file name of the document
	// without its extension. Required.
	Output Text `yaml:"output"`
	// Package is the name of the Go package; {name} as in Output. By default it is made from the
	// last element of Output.
	Package Text `yaml:"package"`
	// Policy lists policy files, weakest first: one path or a list. None by default.
	Policy Texts `yaml:"policy"`
	// Overlays lists OpenAPI Overlays, applied in this order: one path or a list. None by default.
	Overlays Texts `yaml:"overlays"`
	// Remote lists the URLs that references in the document may name: one or a list. By default no
	// URL is read.
	Remote Texts `yaml:"remote"`
	// Include lists the operations to generate, each as in a policy file or as "tag:NAME", "GET",
	// "/path/*" or "deprecated". All operations by default.
	Include Texts `yaml:"include"`
	// Exclude lists the operations to leave out, in the same form as Include. None by default.
	Exclude Texts `yaml:"exclude"`
	// Rename sets Go names of schemas and operations by their names in the document, for example
	// {item_v2: Item}.
	Rename Names `yaml:"rename"`
	// Types sets the Go types of some types of the document.
	Types Types `yaml:"types"`
	// Validate makes the client check requests before they are sent, and gives each type a method
	// that does the same. The default is false.
	Validate bool `yaml:"validate"`
	// Extensions says whether policies in x-resgen and in extensions of other tools are used, which
	// is the default, or ignored.
	Extensions Extensions `yaml:"extensions"`
	// Group is none, which is the default, or tag: client.Pets.List next to client.ListPets.
	Group Grouping `yaml:"group"`
}

// A Version is the version of the format of resgen.yaml. The zero value is like 1.
type Version int

// DecodeNode reads 1. Any other value is an error, so that a resgen that is too old for a file does
// not misread it.
func (v *Version) DecodeNode(n *tree.Node) diag.List {
	if n.Kind == tree.Number && n.Text == "1" {
		*v = 1
		return nil
	}
	return diag.List{{
		Pos: n.Pos, Code: "wrong-version", Subject: "version", What: "want 1, got " + n.Describe(),
		Cure: "write version: 1, or use a newer resgen if the file needs one",
	}}
}

// Types sets the Go types of some types of the document.
type Types struct {
	// Number is float64 (the default) or decimal, which keeps every digit as a wire.Decimal.
	Number NumberType `yaml:"number"`
}

// A Progress reports that one step of one document is done.
type Progress struct {
	Step  string // load, plan, models, client or check; kin-openapi in [Lint]
	Name  string // name of the document
	Done  int    // number of documents that this step is done for
	Total int
}

// FindConfig returns the path of the resgen.yaml for dir: the nearest one in dir or a folder above
// it, up to and including the folder with go.mod.
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

// ReadConfig reads the resgen.yaml for dir. Mistakes in it are returned as a diag.List.
func ReadConfig(dir string) (Config, error) {
	path, err := FindConfig(dir)
	if err != nil {
		return Config{}, err
	}
	data, err := spec.ReadFile(path)
	if err != nil {
		return Config{}, withoutSyscall(err)
	}
	c, found := decodeConfig(data)
	c.Dir = filepath.Dir(path)
	return c, found.Err()
}

// decodeConfig decodes resgen.yaml. Unknown keys are errors.
func decodeConfig(data []byte) (Config, diag.List) {
	var c Config
	node, found := tree.Parse(ConfigName, data)
	found = append(found, tree.Decode(node, &c)...)
	if node != nil && len(c.Clients) == 0 && !found.HasErrors() {
		found.Add(diag.Diagnostic{
			Pos: node.Pos, Code: "no-clients", What: "there are no clients", Cure: "list at least one under clients:",
		})
	}
	found.Sort()
	return c, found
}
