/** What use cases, models and everything that is stored under their names may be called. */
export const entityName = /^[a-z][a-z0-9-]{0,62}$/;

/** What `entityName` asks, for people; goes behind "a model name must". */
export const entityNameRule = "use a-z, 0-9 and - only, start with a letter and have at most 63 characters";
