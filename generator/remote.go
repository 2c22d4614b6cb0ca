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

// Limits of one remote document.
const (
	remoteBytes = 64 << 20
	remoteTime  = 30 * time.Second
)

// checkRemote reports entries of remote that are not http or https URLs.
func checkRemote(list Texts) diag.List {
	var found diag.List
	for _, t := range list {
		if !strings.HasPrefix(t.Value, "https://") && !strings.HasPrefix(t.Value, "http://") {
			found = append(found, t.finding("bad-remote", "remote "+t.Value+" is not an http or https URL",
				"write it in full: https://example.com/common.yaml")...)
		}
	}
	return found
}

// fetch reads a URL that the user named. It follows no redirect, because the user did not name its
// target, and sends no credential.
func fetch(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, remoteTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, errors.New("it is not a URL")
	}
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := (&http.Client{CheckRedirect: noRedirect}).Do(request)
	if err != nil {
		return nil, errors.Unwrap(err) // without the URL, which the finding names
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode/100 == 3: // the target may be a signed URL, which must not be printed
		return nil, errors.New("the server redirects to another URL, which remote does not list")
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server responds with status %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, remoteBytes+1))
	if err == nil && len(data) > remoteBytes {
		return nil, fmt.Errorf("it has more than %d MiB", remoteBytes>>20)
	}
	return data, err
}
