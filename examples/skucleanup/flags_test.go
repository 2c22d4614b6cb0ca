package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func noEnv(string) string { return "" }

func TestRun_WrongUsage(t *testing.T) {
	file := write(t, "a\n")
	real := []string{file, "--endpoint", "https://sellingpartnerapi-na.amazon.com", "--seller-id", "S",
		"--marketplace-id", "M"}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing":       {nil, 2, "name a file with one SKU per line, or use --demo N"},
		"two files":     {[]string{"a", "b"}, 2, "want one SKU file, got 2"},
		"demo and file": {[]string{"--demo", "5", file}, 2, "--demo has its own SKUs and its own server"},
		"no endpoint":   {[]string{file}, 2, "--endpoint is missing"},
		"no seller": {[]string{file, "--endpoint", "http://127.0.0.1:1"}, 2,
			"--seller-id or --marketplace-id is missing"},
		"too many faults": {[]string{"--demo", "5", "--faults", "1.5"}, 2, "--faults must be between 0 and 1"},
		"unknown flag":    {[]string{"--dmeo", "5"}, 2, "unknown flag: --dmeo; did you mean --demo?"},
		"strange flag":    {[]string{"--purge"}, 2, "unknown flag: --purge; see --help"},
		"wrong value":     {[]string{"--workers", "many"}, 2, `invalid argument "many" for "--workers" flag`},
		"no workers":      {[]string{"--demo", "5", "--workers", "0"}, 2, "--workers and --bulk must be positive"},
		"no bulk":         {[]string{"--demo", "5", "--bulk", "0"}, 2, "--workers and --bulk must be positive"},
		"backwards":       {[]string{"--demo", "5", "--sign-in-outage", "-1s"}, 2, "outages must not be negative"},
		"strange way":     {[]string{"--demo", "5", "--via", "mail"}, 2, `--via "mail": want auto, api or feed`},
		"faults of Amazon": {append([]string{"--faults", "0.1"}, real...), 2,
			"--faults is only for the built-in fake; add --demo N or leave it out"},
		"faster than Amazon": {append([]string{"--speed", "2"}, real...), 2, "--speed is only for a fake of Amazon"},
		"busy address":       {[]string{"--demo", "5", "--status", "256.0.0.1:1"}, 1, "--status 256.0.0.1:1: "},
		"no such policy": {[]string{"--demo", "5", "--policy", file + "x"}, 1,
			"policy file " + file + "x: no such file"},
		"no such file": {append([]string{"--yes"}, append(slices.Clone(real[1:]), file+"x")...), 1,
			"SKU file " + file + "x: no such file"},
		"report over the SKUs": {append([]string{"--report", file}, real...), 2, "must be different files"},
		"report over the journal": {append([]string{"--report", file + ".journal"}, real...), 2,
			"must be different files"},
		"journal over the SKUs": {append([]string{"--journal", file}, real...), 2, "must be different files"},
		"log level":             {[]string{"--demo", "5", "--log-level", "loud"}, 2, "--log-level"},
		"no journal": {[]string{"--demo", "5", "--journal", filepath.Join(file, "x")}, 1,
			"journal " + filepath.Join(file, "x") + ": not a directory"},
		"no credentials": {[]string{file, "--endpoint", "http://127.0.0.1:1", "--seller-id", "S", "--marketplace-id",
			"M"}, 1, "LWA_CLIENT_ID, LWA_CLIENT_SECRET, LWA_REFRESH_TOKEN not set in the environment"},
		"report in a file": {[]string{"--demo", "5", "--report", filepath.Join(file, "report.json")}, 1,
			"report " + filepath.Join(file, "report.json") + ": not a directory"},
		"help": {[]string{"--help"}, 0, "exit status: 0 every SKU is deleted or kept"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), c.args, noEnv, &stdout, &stderr)
			got, other := &stderr, &stdout
			if c.code == 0 {
				got, other = other, got
			}
			if code != c.code || !strings.Contains(got.String(), c.want) || other.Len() > 0 {
				t.Errorf("exit %d, %q and %q; want %d, %q", code, &stderr, &stdout, c.code, c.want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"demo", "demo", 0}, {"dmeo", "demo", 2}, {"demo", "demos", 1}, {"demo", "dem", 1}, {"", "ab", 2},
		{"ab", "", 2}, {"via", "vias", 1}, {"seed", "speed", 1}, {"abc", "xyz", 3},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// The defaults of flags that depend on others and on the environment.
func TestParse(t *testing.T) {
	env := func(name string) string {
		return map[string]string{"SELLER_ID": "S", "MARKETPLACE_ID": "M1,M2"}[name]
	}
	for _, c := range []struct{ args, journal, stores string }{
		{"skus --endpoint http://h", "skus.journal", "M1 M2"},
		{"skus --endpoint http://h --journal off", "off", "M1 M2"},
		{"skus --endpoint http://h --journal j", "j", "M1 M2"},
		{"skus --endpoint http://h --marketplace-id A,B --marketplace-id A", "skus.journal", "A B"},
		{"--demo 3", "off", "M1 M2"},
		{"--demo 3 --journal j", "j", "M1 M2"},
	} {
		f, err := parse(strings.Fields(c.args), env, &bytes.Buffer{})
		if err != nil || f.journal != c.journal || strings.Join(f.stores, " ") != c.stores || f.seller != "S" || f.yes {
			t.Errorf("%s: %+v, %v", c.args, f, err)
		}
	}
}
