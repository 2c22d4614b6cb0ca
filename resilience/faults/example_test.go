package faults_test

import (
	"fmt"
	"net/http"

	"github.com/resgen/resgen/resilience/faults"
)

// A client that retries after 503 receives one 503 and then a 200. The server records both
// requests.
func ExampleNew() {
	s := faults.New(faults.Status(503).With("Retry-After", "1"), faults.OK(`{"id":1}`))
	defer s.Close()
	for range 2 {
		res, err := http.Get(s.URL + "/items/1")
		if err != nil {
			fmt.Println(err)
			return
		}
		res.Body.Close()
		fmt.Println(res.Status)
	}
	for _, r := range s.Records() {
		fmt.Println(r.Number, r.Method, r.Path, r.Status, r.Applied)
	}
	// Output:
	// 503 Service Unavailable
	// 200 OK
	// 1 GET /items/1 503 false
	// 2 GET /items/1 200 true
}

// Responses can depend on the request. Here every second delete is applied but the connection is
// reset instead of a response.
func ExampleConfig_Start() {
	s, err := faults.Config{Handle: func(r *faults.Request) faults.Step {
		if r.Method == "DELETE" && r.Number%2 == 0 {
			return faults.Fail(faults.Reset).AfterWork().WithNote("operation", "delete")
		}
		return faults.Status(204).WithNote("operation", "delete")
	}}.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for range 2 {
		r, _ := http.NewRequest("DELETE", s.URL+"/items/1", nil)
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
		}
	}
	for _, r := range s.Records() {
		fmt.Println(r.Status, r.Fault, r.Applied, r.Note["operation"])
	}
	// Output:
	// 204  true delete
	// 0 reset true delete
}
