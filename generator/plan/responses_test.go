package plan

import "testing"

func TestStatusName(t *testing.T) {
	for status, want := range map[int]string{
		0: "Default", 1: "Informational", 2: "Success", 3: "Redirection", 4: "ClientError", 5: "ServerError", 200: "OK",
		201: "Created", 203: "NonAuthoritativeInformation",
		207: "MultiStatus", 299: "Status299", 404: "NotFound", 418: "ImATeapot", 505: "HTTPVersionNotSupported",
	} {
		if got := statusName(status); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
}
