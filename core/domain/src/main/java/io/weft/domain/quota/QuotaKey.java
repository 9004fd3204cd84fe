package io.weft.domain.quota;

/**
 * One resource of one project.
 *
 * @param project the project, not empty
 * @param resource what is counted
 */
public record QuotaKey(String project, QuotaResource resource) {}
