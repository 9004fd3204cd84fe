package io.weft.model;

/** Which way a packet goes, as its workload sees it (Neutron API v2.0, Security group rules). */
public enum Direction {
    /** To the workload. */
    INGRESS("ingress"),
    /** From the workload. */
    EGRESS("egress");

    private final String text;

    Direction(String text) {
        this.text = text;
    }

    /** The name in the API and on the wire. */
    public String text() {
        return text;
    }

    /**
     * The direction with this name.
     *
     * @throws InvalidException when there is none; the field is {@code direction}
     */
    public static Direction parse(String text) {
        for (Direction direction : values()) {
            if (direction.text.equals(text)) {
                return direction;
            }
        }
        throw new InvalidException("direction", "must be ingress or egress");
    }
}
