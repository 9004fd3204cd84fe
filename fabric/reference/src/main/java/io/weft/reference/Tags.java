package io.weft.reference;

import io.weft.model.Trunk;
import io.weft.model.World;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Whose the frames are that a machine sends by a port's device, told by their VLAN tags. */
public final class Tags {
    private Tags() {}

    /**
     * The port that a frame enters the network by; what becomes of it there is {@link Forwarding}'s to say.
     *
     * @param device the port whose device it comes out of
     * @param tag its VLAN id, if it has a tag
     * @return empty when the frame is nobody's, and is dropped
     */
    public static Optional<UUID> owner(World world, UUID device, OptionalInt tag) {
        if (tag.isEmpty()) {
            return Optional.of(device);
        }
        return world.trunkOfParent(device).stream()
                .flatMap(trunk -> trunk.subports().stream())
                .filter(subport -> subport.vlan() == tag.getAsInt())
                .map(Trunk.Subport::portId)
                .findFirst();
    }
}
