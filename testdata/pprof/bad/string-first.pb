

2	not empty2inuse_objects2count2inuse_space2bytes