package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A PetPage is one page of pets.
type PetPage struct {
	Pets []Pet   `json:"pets"`
	Next *string `json:"next"`
}

// listPets has pages with tokens that expire after 30 seconds.
var listPets = &resilience.Operation{
	ID: "listPets", Method: "GET", Path: "/pets",
	Params:  []wire.Param{{Name: "token", In: wire.Query}},
	Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*PetPage]}},
	Policy: policy.Policy{Pagination: policy.Pagination{Style: "token", Request: "token", Response: "next",
		Items: "pets", TTL: 30 * time.Second}},
}

// Generated clients have ListPetsAll for this.
func ExampleItems() {
	server := faults.New(faults.OK(`{"pets":[{"name":"Rex"},{"name":"Ada"}],"next":"2"}`),
		faults.OK(`{"pets":[],"next":"3"}`), faults.OK(`{"pets":[{"name":"Tim"}]}`))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	for pet, err := range resilience.Items[Pet](context.Background(), client, listPets, wire.Args(nil)) {
		fmt.Println(pet.Name, err)
	}
	// Output:
	// Rex <nil>
	// Ada <nil>
	// Tim <nil>
}

// A program that stops in the middle continues with the page that it was reading.
func ExampleWithCursor() {
	server := faults.New(faults.OK(`{"pets":[{"name":"Rex"}],"next":"2"}`), faults.Status(404),
		faults.OK(`{"pets":[{"name":"Ada"}]}`))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	var at resilience.Cursor
	for !at.Done() {
		for pet, err := range resilience.Items[Pet](context.Background(), client, listPets, wire.Args(nil),
			resilience.WithCursor(&at)) {
			if err != nil {
				fmt.Println(at, err)
				break
			}
			fmt.Println(at, pet.Name)
		}
	}
	// Output:
	// page 1 Rex
	// page 2 pets: listPets: page 2, after 1 item: status 404
	// page 2 Ada
}

// The callback resets the count when the iteration starts again.
func ExampleWithRestart() {
	expired := faults.Status(400)
	server := faults.New(faults.OK(`{"pets":[{"name":"Rex"}],"next":"2"}`), expired,
		faults.OK(`{"pets":[{"name":"Rex"}],"next":"7"}`), expired)
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	count := 0
	for _, err := range resilience.Items[Pet](context.Background(), client, listPets, wire.Args(nil),
		resilience.WithRestart(1, func() { count = 0 })) {
		if err != nil {
			fmt.Println(errors.Is(err, resilience.ErrPageTokenExpired))
			break
		}
		count++
	}
	fmt.Println(count)
	// Output:
	// true
	// 1
}
