package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	const bsd = "Redistribution and use in source and\n binary forms, with or without modification"
	for text, want := range map[string]string{
		"MIT License\nPermission is hereby granted, free of charge, to":                "MIT",
		"Apache License\n Version 2.0, January 2004":                                   "Apache-2.0",
		"Permission is hereby granted, free of charge ... Apache License, Version 2.0": "MIT/Apache-2.0",
		bsd:                            "BSD-2-Clause",
		bsd + "\n Neither the name of": "BSD-3-Clause",
		"Permission to use, copy, modify, and/or distribute": "ISC",
		"GNU GENERAL PUBLIC LICENSE Version 3":               "GPL family",
		"GNU Lesser General Public License":                  "GPL family",
		"Mozilla Public License Version 2.0":                 "MPL",
		"All rights reserved":                                "unknown",
		"":                                                   "unknown",
	} {
		if got := classify(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestLicenseIn(t *testing.T) {
	dir := t.TempDir()
	if got, err := licenseIn(dir); got != "none" || err != nil {
		t.Errorf("no file: %s, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "LICENCE.md"), []byte("GNU Affero"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := licenseIn(dir); got != "GPL family" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

func TestAuditVulnerabilities(t *testing.T) {
	for name, c := range map[string]struct{ script, failure, output string }{
		"none":        {"exit 0", "", ""},
		"found":       {"exit 3", "known vulnerabilities", ""},
		"unreachable": {"echo dial tcp: no route >&2; exit 1", "", "were not checked"},
		"broken":      {"echo syntax error >&2; exit 1", "syntax error", ""},
	} {
		checker := filepath.Join(t.TempDir(), "checker")
		if err := os.WriteFile(checker, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := auditVulnerabilities(checker, t.TempDir(), &out)
		if (err == nil) != (c.failure == "") || err != nil && !strings.Contains(err.Error(), c.failure) ||
			!strings.Contains(out.String(), c.output) {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
}

func TestRun_Usage(t *testing.T) {
	var out, problems bytes.Buffer
	if code := run(nil, &out, &problems); code != 2 || !strings.Contains(problems.String(), "usage: audit") {
		t.Errorf("%d, %q", code, problems.String())
	}
}
