package redisstore

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// mostName is the longest name that a key contains in full, in bytes.
const mostName = 120

// key returns the key of a part of what is kept under a name. All parts of a name have one hash tag
// and are therefore on one node of a cluster.
func (s *Store) key(name, part string) string { return s.prefix + "{" + tag(name) + "}:" + part }

// tag returns a name as a hash tag, which must not be empty or contain braces. Of a long name, a
// digest replaces the end, so that a key takes a bounded amount of memory.
func tag(name string) string {
	safe := strings.NewReplacer("{", "(", "}", ")").Replace(name)
	if safe == name && name != "" && len(name) <= mostName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return safe[:min(len(safe), mostName/2)] + "#" + hex.EncodeToString(sum[:16])
}
