// Command oapi makes one call with the client of oapi-codegen.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/resgen/resgen/bench/peers/bin/oapi"
)

func main() {
	client, err := oapi.NewClientWithResponses(os.Args[1])
	if err != nil {
		panic(err)
	}
	r, err := client.GetToolWithResponse(context.Background(), "s1", "t1", &oapi.GetToolParams{Shops: []string{"a"}})
	fmt.Println(r, err)
}
