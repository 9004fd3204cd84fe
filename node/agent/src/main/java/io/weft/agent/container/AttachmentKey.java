package io.weft.agent.container;

import java.util.regex.Pattern;

/**
 * What one interface of one container is known by, for as long as it lives.
 *
 * @param container the runtime's id of the container, or of its sandbox
 * @param interfaceName in the container
 */
record AttachmentKey(String container, String interfaceName) {
    /** As the CNI specification has it; bounded so that it fits into the name of a file. */
    private static final Pattern CONTAINER = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}");

    private static final Pattern INTERFACE = Pattern.compile("[^/:\\s\\p{Cntrl}]{1,15}");

    /** @throws CniException when it is no such name */
    AttachmentKey {
        if (!CONTAINER.matcher(container).matches()) {
            throw new CniException(CniException.Code.INVALID_ENVIRONMENT, "CNI_CONTAINERID is no container's id");
        }
        if (!INTERFACE.matcher(interfaceName).matches()
                || interfaceName.equals(".")
                || interfaceName.equals("..")
                || interfaceName.chars().anyMatch(c -> c > 126)) {
            throw new CniException(CniException.Code.INVALID_ENVIRONMENT, "CNI_IFNAME is no interface's name");
        }
    }

    /** The beginning of the container's id, as people know it. */
    String shortName() {
        return container.length() > 12 ? container.substring(0, 12) : container;
    }

    /** The {@code device_id} of a port that was made for it. */
    String deviceId() {
        return container + ":" + interfaceName;
    }

    @Override
    public String toString() {
        return deviceId();
    }
}
