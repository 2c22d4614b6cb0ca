package rule

import "testing"

func TestReported(t *testing.T) {
	for _, c := range []struct{ value, code, message string }{
		{`{}`, "", ""},
		{`null`, "", ""},
		{`"text"`, "", ""},
		{`[]`, "", ""},
		{`{"code":"a","message":"b"}`, "a", "b"},
		{`{"code":404,"message":"b"}`, "", "b"},
		{`{"code":405,"message":"b"}`, "405", "b"},
		{`{"errors":[{"code":"InvalidInput","message":"b","details":"c"},{"code":"x","message":"y"}]}`, "InvalidInput", "b"},
		{`{"error":{"code":404,"message":"b","errors":[{"reason":"notFound","message":"c"}]}}`, "notFound", "b"},
		{`{"error":"invalid_grant","error_description":"b"}`, "invalid_grant", "b"},
		{`{"Error":"b"}`, "b", ""},
		{`{"type":"https://a.test/p","title":"b","detail":"c","status":404}`, "https://a.test/p", "c"},
		{`{"title":"b"}`, "", "b"},
		{`[{"code":"a","message":"b"},{"code":"c"}]`, "a", "b"},
		{`{"message":"b","errors":[{"code":"a","message":"c"}]}`, "a", "b"},
		{`{"errors":{"code":"a"}}`, "a", ""},
		{`[[[[[{"code":"a"}]]]]]`, "a", ""},
		{`[[[[[[{"code":"a"}]]]]]]`, "", ""},
	} {
		if code, message := Reported(decoded(t, c.value), 404); code != c.code || message != c.message {
			t.Errorf("%s: got %q and %q", c.value, code, message)
		}
	}
}
