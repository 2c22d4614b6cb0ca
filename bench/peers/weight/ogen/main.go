// Command ogen makes one call with the client of ogen.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/resgen/resgen/bench/peers/bin/ogen"
)

func main() {
	client, err := ogen.NewClient(os.Args[1])
	if err != nil {
		panic(err)
	}
	params := ogen.GetToolParams{SellerId: "s1", ToolId: "t1", Shops: []string{"a"}}
	r, err := client.GetTool(context.Background(), params)
	fmt.Println(r, err)
}
