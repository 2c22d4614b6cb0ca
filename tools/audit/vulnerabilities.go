package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// auditVulnerabilities runs govulncheck in a folder. If its database cannot be reached, that is
// printed and is no error.
func auditVulnerabilities(checker, folder string, w io.Writer) error {
	run := exec.Command(checker, "./...")
	run.Dir = folder
	var stderr bytes.Buffer
	run.Stdout, run.Stderr = w, &stderr
	err := run.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode() == foundVulnerabilities:
		return errors.New("known vulnerabilities in code that is called; see above")
	case unreachable(stderr.String()):
		fmt.Fprintf(w, "%s: vulnerabilities were not checked: the database cannot be reached\n", folder)
		return nil
	}
	return fmt.Errorf("govulncheck: %w\n%s", err, stderr.String())
}

// foundVulnerabilities is the exit status of govulncheck for vulnerabilities.
const foundVulnerabilities = 3

// unreachable reports whether govulncheck failed to fetch its database.
func unreachable(text string) bool {
	for _, part := range []string{"dial tcp", "no such host", "fetching vulnerabilities", "proxyconnect"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
