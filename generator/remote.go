package generator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

// What is read of one remote document, at most.
const (
	remoteBytes = 64 << 20
	remoteTime  = 30 * time.Second
)

// checkRemote finds entries of remote that are no web addresses.
func checkRemote(list Texts) diag.List {
	var found diag.List
	for _, t := range list {
		if !strings.HasPrefix(t.Value, "https://") && !strings.HasPrefix(t.Value, "http://") {
			found = append(found, t.wrong("bad-remote", "remote "+t.Value+" is no URL of the web", "write it in full: https://example.com/common.yaml")...)
		}
	}
	return found
}

// fetch reads a URL that the user named. It follows no redirect, because what it leads to was not named, and sends no credential.
func fetch(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, remoteTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, errors.New("it is no URL")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return nil, errors.Unwrap(err) // without the URL, which the finding names
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode/100 == 3:
		return nil, errors.New("it is redirected, and where to was not named") // a signed URL must not be printed
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answers with status %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, remoteBytes+1))
	if err == nil && len(data) > remoteBytes {
		return nil, fmt.Errorf("it has more than %d MiB", remoteBytes>>20)
	}
	return data, err
}

// values returns the texts without their positions.
func (ts Texts) values() []string {
	var list []string
	for _, t := range ts {
		list = append(list, t.Value)
	}
	return list
}
