package conntrace

import (
	"context"
	"net/http/httptrace"
	"testing"
)

func TestHooksKey(t *testing.T) {
	want := new(httptrace.ClientTrace)
	ctx := httptrace.WithClientTrace(context.Background(), want)
	if HooksKey == nil || ctx.Value(HooksKey) != want {
		t.Errorf("the value of key %v is %v, want %p", HooksKey, ctx.Value(HooksKey), want)
	}
}
