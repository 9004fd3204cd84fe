/**
 * What a Docker engine's requests mean in Neutron's objects: names, tags, attributes and what to do with what is there.
 * Pure: it calls nobody. The table is in {@code docs/containers.md}. Names and tags are those of Kuryr
 * (https://docs.openstack.org/kuryr-libnetwork/), so that its users find their objects again.
 */
@NullMarked
package io.weft.docker.translate;

import org.jspecify.annotations.NullMarked;
