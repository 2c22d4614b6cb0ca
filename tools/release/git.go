package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// A state is what git knows about a clone.
type state struct {
	files   []string // in the work tree, without ignored ones
	changed []string // files that differ from the commit
	tags    []string
}

func readState(root string) (state, error) {
	var s state
	var err error
	if s.files, err = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"); err != nil {
		return s, err
	}
	slices.Sort(s.files)
	s.files = slices.Compact(s.files)
	status, err := git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
	if err != nil {
		return s, err
	}
	for _, line := range status {
		s.changed = append(s.changed, line[3:]) // after two letters and a space
	}
	s.tags, err = git(root, "tag", "--list", "--format=%(refname:short)%00")
	return s, err
}

// git runs git and splits its output at NUL bytes.
func git(root string, args ...string) ([]string, error) {
	cmd := exec.Command("git", append([]string{"-C", root}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	var list []string
	for _, s := range strings.Split(string(out), "\x00") {
		if s = strings.TrimPrefix(s, "\n"); s != "" {
			list = append(list, s)
		}
	}
	return list, nil
}
