package io.weft.rest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the tests' resource keeps of an object. */
record Thing(
        String id,
        String name,
        String project,
        boolean up,
        long mtu,
        Optional<String> device,
        Optional<String> host,
        boolean shared,
        List<String> tags,
        long revision,
        Instant created,
        Instant updated) {
    Thing withTags(List<String> newTags) {
        return new Thing(id, name, project, up, mtu, device, host, shared, newTags, revision + 1, created, updated);
    }
}
