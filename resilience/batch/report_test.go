package batch_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/batch"
)

func sample() *batch.Report {
	return &batch.Report{
		Job: "demo", Input: "ab", Started: time.Unix(0, 0).UTC(), Ended: time.Unix(60, 0).UTC(), Stopped: "interrupted",
		Items: []batch.Item{
			{Key: "a,<b>", Earlier: true, Result: batch.Result{
				Outcome: batch.Done, Attempts: 2, Requests: 3, Status: 200, RequestID: "r1", Verified: true,
			}},
			{Key: "c", Result: batch.Result{Outcome: batch.Refused, Reason: `says "no"`}},
		},
	}
}

func TestReport_JSON(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b.Bytes()); err != nil {
		t.Fatal(err)
	}
	want := `{"job":"demo","input":"ab","started":"1970-01-01T00:00:00Z","ended":"1970-01-01T00:01:00Z",` +
		`"stopped":"interrupted","items":[{"key":"a,<b>","outcome":"done","attempts":2,"requests":3,"status":200,` +
		`"request_id":"r1","verified":true,"earlier":true},` +
		`{"key":"c","outcome":"refused","reason":"says \"no\"","attempts":0,"requests":0}]}`
	if compact.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &compact, want)
	}
}

func TestReport_CSV(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "key,outcome,reason,attempts,requests,status,request_id,verified,earlier\n" +
		"\"a,<b>\",done,,2,3,200,r1,true,true\n" + "c,refused,\"says \"\"no\"\"\",0,0,0,,false,false\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

func TestReport_Save(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"r.json": "{\n  \"job\"", "r.CSV": "key,outcome", "r": "{\n"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := sample().Save(path); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(data), want) {
			t.Errorf("%s: %.20q, %v", name, data, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 3 {
		t.Errorf("%d files are left, want 3", len(list))
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "no", "r.json"), filepath.Join(dir, "folder")} {
		err := sample().Save(path)
		if err == nil || !strings.HasPrefix(err.Error(), "batch: report "+path+": ") ||
			strings.Count(err.Error(), path) > 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 4 {
		t.Errorf("%d files are left, want 4", len(list))
	}
}
