package redistest

import (
	"strconv"
	"testing"
)

func TestStartCluster_KeysAreOnAllNodes(t *testing.T) {
	nodes := StartCluster(t)
	client := ClusterClient(nodes)
	defer client.Close()
	for i := range 30 {
		if err := client.Set(t.Context(), strconv.Itoa(i), "x", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range nodes {
		c := n.Client()
		defer c.Close()
		if size, err := c.DBSize(t.Context()).Result(); size == 0 || size == 30 || err != nil {
			t.Errorf("a node has %d of 30 keys, %v", size, err)
		}
	}
}
