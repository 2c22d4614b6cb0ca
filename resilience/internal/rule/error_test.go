package rule

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestError(t *testing.T) {
	for _, c := range []struct{ value, code, message string }{
		{`{"code":"a","message":"b"}`, "a", "b"},
		{`{"Code":1,"errorMessage":"b"}`, "1", "b"},
		{`{"code":"low","CODE":"up"}`, "low", ""},
		{`{"errorCode":"a","detail":"b"}`, "a", "b"},
		{`{"errorType":"a","details":"b"}`, "a", "b"},
		{`{"type":"a","description":"b"}`, "a", "b"},
		{`{"reason":"a","errorSubType":"b"}`, "a", "b"},
		{`{"reason":"r","type":"t","errortype":"et","errorcode":"ec","code":"c"}`, "c", ""},
		{`{"code":"","errorcode":"ec"}`, "ec", ""},
		{`{"code":{},"type":"t"}`, "t", ""},
		{`"text"`, "", "text"},
		{`true`, "", "true"},
		{`[]`, "", ""},
		{`null`, "", ""},
	} {
		if code, message := Error(decoded(t, c.value)); code != c.code || message != c.message {
			t.Errorf("%s: got %q and %q", c.value, code, message)
		}
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`{}`, "[]"},
		{`null`, "[]"},
		{`"Busy"`, "[]"},
		{`{"code":"a"}`, "[a]"},
		{`{"error":"invalid_grant"}`, "[invalid_grant]"},
		{`{"error":{"code":"a"}}`, "[a]"},
		{`{"Errors":[{"code":"a"},{"code":"b"},"c"]}`, "[a b]"},
		{`[{"code":"a"},{"code":"b"}]`, "[a b]"},
		{`{"code":403,"error":{"code":403,"errors":[{"domain":"usage","reason":"rateLimitExceeded"}]}}`,
			"[403 403 rateLimitExceeded]"},
		{`{"data":{"code":"a"},"items":[{"code":"b"}]}`, "[]"},
		{`[[[[[{"code":"a"}]]]]]`, "[a]"},
		{`[[[[[[{"code":"a"}]]]]]]`, "[]"},
		{`{"error":{"error":{"error":{"error":{"error":{"code":"a","error":{"code":"b"}}}}}}}`, "[a]"},
		{`{"errors":{"errors":{"errors":{"errors":{"errors":{"code":"a","errors":{"code":"b"}}}}}}}`, "[a]"},
	} {
		if got := fmt.Sprint(Codes(decoded(t, c.value))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.value, got, c.want)
		}
	}
}
