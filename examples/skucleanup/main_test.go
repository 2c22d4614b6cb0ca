package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/spapi/spapitest"
)

// The report of the demo must agree with the log of the server.
func TestRun_DemoUnderFaults(t *testing.T) {
	dir := t.TempDir()
	log, reportFile := filepath.Join(dir, "server.jsonl"), filepath.Join(dir, "report.json")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"--demo", "200", "--faults", "0.1", "--outage", "20s", "--seed", "7", "--speed",
		"100",
		"--server-log", log, "--report", reportFile}, noEnv, &stdout, &stderr)
	items := readReport(t, reportFile)
	skus := demoSKUs(200)
	stock := demoStock(skus)
	if len(items) != len(skus) {
		t.Fatalf("the report has %d items, want %d", len(items), len(skus))
	}
	applied, unsafe := map[string]int{}, 0
	for _, e := range readLog(t, log) {
		if e.Operation == spapitest.DeleteListingsItem && e.Applied {
			applied[e.SKU]++
		}
		if e.Operation == spapitest.CreateFeedDocument && e.Applied {
			unsafe++
		}
	}
	for i, it := range items {
		if it.SKU != skus[i] {
			t.Fatalf("row %d is %q, want %q", i, it.SKU, skus[i])
		}
		if stock[it.SKU] > 0 && (it.Outcome != kept || applied[it.SKU] != 0) {
			t.Errorf("%q has stock: %s, applied %d times", it.SKU, it.Outcome, applied[it.SKU])
		}
		if stock[it.SKU] == 0 && (it.Outcome == deleted) != (applied[it.SKU] == 1) {
			t.Errorf("%q has none: %s, applied %d times", it.SKU, it.Outcome, applied[it.SKU])
		}
	}
	if unsafe > 1 {
		t.Errorf("the unsafe operation was applied %d times", unsafe)
	}
	if want := complete(items); want != (code == 0) {
		t.Errorf("exit %d, complete %v\n%s%s", code, want, &stdout, &stderr)
	}
}

func TestRun_AgainstAServer(t *testing.T) {
	server := spapitest.New(spapitest.Options{
		Stock: map[string]int{"empty": 0, "full": 2, "locked": 0, "a/b": 0}, Invalid: map[string]bool{"locked": true},
		Speed: 100,
	})
	ts := httptest.NewServer(server)
	defer ts.Close()
	env := func(name string) string {
		return map[string]string{"LWA_CLIENT_ID": "id", "LWA_CLIENT_SECRET": "hush", "LWA_REFRESH_TOKEN": "hush",
			"SELLER_ID": "S", "MARKETPLACE_ID": "M"}[name]
	}
	reportFile := filepath.Join(t.TempDir(), "report.json")
	args := []string{write(t, "empty\nfull\nlocked\nstranger\na/b\n"), "--endpoint", ts.URL, "--token-endpoint",
		ts.URL + "/auth/o2/token", "--report", reportFile}
	outcomes := func() (list []string) {
		for _, it := range readReport(t, reportFile) {
			list = append(list, it.SKU+" "+string(it.Outcome))
		}
		return list
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, env, &stdout, &stderr); code != 1 {
		t.Errorf("without --yes: exit %d, want 1\n%s", code, &stderr)
	}
	if got, want := strings.Join(outcomes(), ", "),
		"empty not_tried, full kept, locked not_tried, stranger unknown, a/b not_tried"; got != want {
		t.Errorf("without --yes: %s, want %s", got, want)
	}
	if !server.Listed("empty") {
		t.Error("deleted without --yes")
	}
	if code := run(t.Context(), append(args, "--yes"), env, &stdout, &stderr); code != 1 {
		t.Errorf("with --yes: exit %d, want 1", code)
	}
	if got, want := strings.Join(outcomes(), ", "),
		"empty deleted, full kept, locked refused, stranger unknown, a/b deleted"; got != want {
		t.Errorf("with --yes: %s, want %s", got, want)
	}
	if strings.Contains(stdout.String()+stderr.String(), "hush") {
		t.Error("a secret was printed")
	}
}

func TestRun_InterruptedStillReports(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	reportFile := filepath.Join(t.TempDir(), "report.json")
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"--demo", "20", "--report", reportFile}, noEnv, &stdout, &stderr); code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	if !strings.HasSuffix(stderr.String(), "skucleanup: interrupted\n") {
		t.Errorf("printed %q", &stderr)
	}
	items := readReport(t, reportFile)
	if len(items) != 20 {
		t.Fatalf("%d items, want 20", len(items))
	}
	for _, it := range items {
		if it.Outcome == deleted || it.Outcome == kept {
			t.Errorf("%q is %s", it.SKU, it.Outcome)
		}
	}
}

func readReport(t *testing.T, path string) []item {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Items []item }
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r.Items
}

func readLog(t *testing.T, path string) (entries []spapitest.Entry) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var e spapitest.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}
