package main

// This file finds out how the repository will run resgen, and changes its go.mod.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/resgen/resgen/generator/phrase"
)

const (
	runtimeModule = "github.com/resgen/resgen/resilience"
	commandPath   = "github.com/resgen/resgen/cmd/resgen"
)

// A buildInfo says what this program was built from.
type buildInfo struct {
	version string // of the module, with the v; empty unless it was a release
	runtime string // version of the runtime that the release requires
}

func readBuildInfo() buildInfo {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Sum == "" { // modules in a folder have no checksum
		return buildInfo{}
	}
	b := buildInfo{version: info.Main.Version}
	for _, m := range info.Deps {
		if m.Path == runtimeModule {
			b.runtime = m.Version
		}
	}
	return b
}

// A source is how a repository gets resgen and the runtime.
type source struct {
	command string // that runs resgen
	version string // of resgen; empty for a clone
	runtime string // version to require
	tool    bool   // resgen becomes a tool of go.mod
	clone   string // folder of the runtime in a clone; empty for a release
	warning string
}

func (s source) released() bool { return s.clone == "" }

// unreleased is the version of a module that is replaced by a folder.
const unreleased = "v0.0.0-00010101000000-000000000000"

// source decides between a release and a clone.
func (in *initializer) source(dir string) (source, error) {
	if in.from != "" {
		return cloneSource(dir, in.from)
	}
	if in.build.version == "" {
		return source{}, &usageError{"this resgen was built from a clone, and others cannot run it by a version",
			"name the clone: resgen init --from CLONE SPEC"}
	}
	s := source{command: "go run " + commandPath + "@" + in.build.version, version: in.build.version,
		runtime: in.build.runtime, tool: in.tool}
	if in.tool {
		s.command = "go tool resgen"
	}
	return s, nil
}

// cloneSource uses the runtime of a clone, and the installed command.
func cloneSource(dir, clone string) (source, error) {
	abs := clone
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(dir, clone)
	}
	folder := filepath.Join(abs, "resilience")
	data, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil || modulePath(data) != runtimeModule {
		return source{}, fmt.Errorf("--from %s: %s is not a clone of resgen; name the folder that has "+
			"resilience/go.mod",
			clone, abs)
	}
	s := source{command: "resgen", runtime: unreleased, clone: folder}
	if _, err := exec.LookPath("resgen"); err != nil {
		s.warning = "resgen is not in PATH, where go generate looks for it; run 'make install' in " + clone +
			" and add the folder that it prints to PATH"
	}
	return s, nil
}

var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+"?([^\s"]+)"?`)

// modulePath returns the path in the module line of a go.mod.
func modulePath(data []byte) string {
	if m := moduleLine.FindSubmatch(data); m != nil {
		return string(m[1])
	}
	return ""
}

// require adds the runtime, and with --tool resgen, to go.mod. It returns what was added, and a
// function that gives go.mod and go.sum their old content. That is called if anything fails.
func (in *initializer) require(
	ctx context.Context, dir string, use source,
) (note string, undo func() error, err error) {
	mod := above(dir, "go.mod")
	undo, err = snapshot(filepath.Join(mod, "go.mod"), filepath.Join(mod, "go.sum"))
	if err != nil {
		return "", nil, err
	}
	if note, err = in.change(ctx, dir, use); err != nil {
		return "", nil, errors.Join(err, undo())
	}
	return note, undo, nil
}

func (in *initializer) change(ctx context.Context, dir string, use source) (string, error) {
	edit := []string{"mod", "edit", "-require=" + runtimeModule + "@" + use.runtime}
	note := "requires " + runtimeModule + " " + use.runtime
	if !use.released() {
		edit = append(edit, "-replace="+runtimeModule+"="+use.clone)
		note = "replaces " + runtimeModule + " by " + use.clone
	}
	if _, err := in.goRun(ctx, dir, edit...); err != nil {
		return "", err
	}
	if _, err := in.goRun(ctx, dir, "get", runtimeModule+"@"+use.runtime); err != nil {
		return "", err
	}
	if !use.tool {
		return note, nil
	}
	before, err := in.requirements(ctx, dir)
	if err != nil {
		return "", err
	}
	if _, err := in.goRun(ctx, dir, "get", "-tool", commandPath+"@"+use.version); err != nil {
		return "", err
	}
	after, err := in.requirements(ctx, dir)
	return fmt.Sprintf("%s; the tool resgen adds %s", note, phrase.Count(after-before, "requirement")), err
}

// requirements returns the number of modules that go.mod requires.
func (in *initializer) requirements(ctx context.Context, dir string) (int, error) {
	out, err := in.goRun(ctx, dir, "mod", "edit", "-json")
	if err != nil {
		return 0, err
	}
	var mod struct{ Require []struct{} }
	err = json.Unmarshal(out, &mod)
	return len(mod.Require), err
}

// goCommand runs the go command and returns what it printed. Its error has the text of the
// command's.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && ctx.Err() == nil {
		return out, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, errors.Join(ctx.Err())
}

// snapshot returns a function that gives files the content that they have now.
func snapshot(paths ...string) (restore func() error, err error) {
	before := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err == nil {
			before[path] = data
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return func() error {
		var errs []error
		for _, path := range paths {
			data, existed := before[path]
			if !existed {
				if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
					errs = append(errs, err)
				}
				continue
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
				errs = append(errs, os.WriteFile(path, data, 0o644))
			}
		}
		return errors.Join(errs...)
	}, nil
}
