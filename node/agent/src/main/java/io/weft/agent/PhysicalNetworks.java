package io.weft.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The physical networks that a node is connected to: the names by which networks of the API refer to them, and the device
 * that leads into each, untagged.
 *
 * @param devices device names by physical network
 */
public record PhysicalNetworks(Map<String, String> devices) {
    /** None: the node is no gateway. */
    public static final PhysicalNetworks NONE = new PhysicalNetworks(Map.of());

    private static final int MOST = 64;
    private static final Pattern NAME = Pattern.compile("[^\\s:,/]{1,64}");
    private static final Pattern DEVICE = Pattern.compile("[^\\s:/]{1,15}");

    /**
     * Checks what can be checked without the machine.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public PhysicalNetworks {
        devices = Map.copyOf(devices);
        if (devices.size() > MOST) {
            throw new IllegalArgumentException("a node has at most " + MOST + " physical networks");
        }
        devices.forEach((name, device) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of a physical network");
            }
            if (!DEVICE.matcher(device).matches()) {
                throw new IllegalArgumentException(
                        "'" + device + "' is no name of a device, for physical network " + name);
            }
        });
        if (devices.values().stream().distinct().count() != devices.size()) {
            throw new IllegalArgumentException("a device leads into one physical network");
        }
    }

    /**
     * Reads NAME:DEVICE, any number of times, each of which may be several with commas between them.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static PhysicalNetworks parse(List<String> texts) {
        Map<String, String> devices = new LinkedHashMap<>();
        for (String text : texts) {
            for (String part : text.split(",", -1)) {
                int colon = part.indexOf(':');
                if (colon < 0) {
                    throw new IllegalArgumentException("'" + part + "' is not NAME:DEVICE of a physical network");
                }
                if (devices.put(part.substring(0, colon), part.substring(colon + 1)) != null) {
                    throw new IllegalArgumentException(
                            "physical network " + part.substring(0, colon) + " is named twice");
                }
            }
        }
        return new PhysicalNetworks(devices);
    }
}
