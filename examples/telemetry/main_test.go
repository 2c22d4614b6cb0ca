package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// metrics runs the program until its metrics have all given texts, and returns them.
func metrics(t *testing.T, until ...string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, listener, time.Millisecond) }()
	for ctx.Err() == nil {
		resp, err := http.Get("http://" + listener.Addr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		missing := func(part string) bool { return !strings.Contains(string(text), part) }
		if !slices.ContainsFunc(until, missing) {
			cancel()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Fatalf("the metrics do not have all of %q", until)
	return ""
}

var (
	metricName = regexp.MustCompile(`\b(?:resgen_client|http_client)_[a-z_]+`)
	labelNames = regexp.MustCompile(`\{([^{}]*)\}|by \(([^()]*)\)`)
	labelName  = regexp.MustCompile(`(?:^|[,(\s])([a-z_]+)\s*(?:=~|!~|!=|=|,|$)`)
)

// check fails for names of metrics and labels of an expression that the program does not export.
func check(t *testing.T, exported, expression string) {
	t.Helper()
	for _, name := range metricName.FindAllString(expression, -1) {
		if !strings.Contains(exported, "\n"+name+"{") {
			t.Errorf("%s: there is no metric %s", expression, name)
		}
	}
	for _, group := range labelNames.FindAllStringSubmatch(expression, -1) {
		for _, m := range labelName.FindAllStringSubmatch(group[1]+group[2], -1) {
			// Prometheus adds job; error_type is only in the series of failures.
			if name := m[1]; name != "job" && !strings.Contains(exported, name+`="`) {
				t.Errorf("%s: there is no label %s", expression, name)
			}
		}
	}
}

// The dashboard and the alert rules use metrics and labels that exist.
func TestNames(t *testing.T) {
	exported := metrics(t, `error_type="503"`, "\nhttp_client_request_duration_seconds_count{",
		"\nresgen_client_call_duration_seconds_count{", "\nresgen_client_circuits{", "\nresgen_client_quotas{",
		"\nresgen_client_queued{")
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	data, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	if len(dashboard.Panels) < 10 {
		t.Fatalf("%d panels", len(dashboard.Panels))
	}
	for _, p := range dashboard.Panels {
		if len(p.Targets) == 0 || p.Title == "" {
			t.Errorf("panel %q has no targets", p.Title)
		}
		for _, target := range p.Targets {
			check(t, exported, target.Expr)
		}
	}
	rules, err := os.ReadFile("alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(rules), "\n"), func(line string) bool {
		return strings.Contains(line, "summary:") || strings.Contains(line, "labels: {")
	})
	check(t, exported, strings.Join(lines, "\n"))
}

// No series has a URL.
func TestMetrics_NoURL(t *testing.T) {
	text := metrics(t, `resgen_operation="`)
	if strings.Contains(text, "http://") || strings.Contains(text, "account=") {
		t.Errorf("metrics have a URL or an account:\n%s", text)
	}
}

// The alert rules do what alerts_test.yaml says. make alerts installs promtool.
func TestAlerts(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("promtool is missing; run make alerts")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		if out, err := exec.Command("promtool", args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}
